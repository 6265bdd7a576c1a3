#include "daemon/net/response_text.hpp"

#include <fmt/format.h>

#include <array>

namespace segmentd::daemon {

std::string http_date(std::chrono::sys_seconds instant) {
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(instant - day);
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", days[std::chrono::weekday(day).c_encoding()],
                       static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                       time.seconds().count());
}

bool may_have_body(int status) {
    return status >= 200 && status != 204 && status != 304;
}

std::string response_head(const HttpResponse& response, const std::string& date, const char* connection) {
    constexpr std::size_t usual_size = 256;
    std::string head;
    head.reserve(usual_size);
    head += "HTTP/1.1 " + std::to_string(response.status) + ' ';
    head += reason_phrase(response.status);
    head += "\r\nDate: ";
    head += date;
    head += "\r\nConnection: ";
    head += connection;
    head += "\r\n";
    if (!response.body.empty()) append_header(head, "Content-Type", response.content_type);
    if (may_have_body(response.status)) head += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
    for (const auto& [name, value] : response.headers) append_header(head, name, value);
    head += "\r\n";
    return head;
}

}  // namespace segmentd::daemon
