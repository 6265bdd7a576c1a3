#include "tests/bench/tracking_posts.hpp"

#include <fmt/format.h>

namespace segmentd::bench {
namespace {

constexpr std::uint64_t customers = 20'000;
constexpr std::string_view message_mark = "bench-message-";
constexpr std::string_view customer_mark = "bench-customer-";
constexpr std::size_t message_digits = 12;
constexpr std::size_t customer_digits = 6;

std::string event_text(const PostShape& shape) {
    return fmt::format(
        R"({{"type":"track","messageId":"{}{:0{}}","userId":"{}{:0{}}","event":"Order Completed","timestamp":"{}",)"
        R"("properties":{{"revenue":48.75,"items":3,"currency":"USD"}},"context":{{"library":{{"name":"bench",)"
        R"("version":"1.0.0"}},"consent":{{"categoryPreferences":{{"offers":true}}}}}}}})",
        message_mark, 0, message_digits, customer_mark, 0, customer_digits, shape.timestamp);
}

std::string body_of(const PostShape& shape) {
    auto event = event_text(shape);
    if (shape.events == 1) return event;
    std::string body = R"({"batch":[)";
    for (std::size_t i = 0; i < shape.events; ++i) body += (i == 0 ? "" : ",") + event;
    return body + "]}";
}

// Where the digits after each mark begin.
std::vector<std::size_t> places_after(std::string_view mark, std::string_view request) {
    std::vector<std::size_t> places;
    for (auto at = request.find(mark); at != std::string_view::npos; at = request.find(mark, at + 1)) {
        places.push_back(at + mark.size());
    }
    return places;
}

void write_digits(std::string& text, std::size_t at, std::size_t digits, std::uint64_t number) {
    for (std::size_t i = at + digits; i-- > at; number /= 10) text[i] = static_cast<char>('0' + number % 10);
}

}  // namespace

TrackingPosts::TrackingPosts(const PostShape& shape) : random_(1, "bench posts") {
    const auto body = body_of(shape);
    const auto request = fmt::format(
        "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n"
        "Content-Length: {}\r\n\r\n{}",
        shape.events == 1 ? "/v1/track" : "/v1/batch", shape.token, body.size(), body);
    requests_.assign(shape.connections, request);
    message_places_ = places_after(message_mark, request);
    customer_places_ = places_after(customer_mark, request);
    event_bytes_ = event_text(shape).size();
}

std::string_view TrackingPosts::next(std::size_t connection) {
    auto& request = requests_[connection];
    for (const auto at : message_places_) write_digits(request, at, message_digits, ++events_);
    for (const auto at : customer_places_) write_digits(request, at, customer_digits, random_.below(customers));
    return request;
}

}  // namespace segmentd::bench
