#include "daemon/net/http_message.hpp"

#include <algorithm>
#include <boost/beast/http/status.hpp>

namespace segmentd::daemon {
namespace {

char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
void append_clean(std::string& head, std::string_view text);

}  // namespace

std::string_view find_header(const HttpHeaders& headers, std::string_view name) {
    for (const auto& [known, value] : headers) {
        if (equals_ignoring_case(known, name)) return value;
    }
    return {};
}

std::string_view reason_phrase(int status) {
    namespace http = boost::beast::http;
    const http::status known = http::int_to_status(static_cast<unsigned>(status));
    if (known == http::status::unknown) return {};
    const auto words = http::obsolete_reason(known);
    return {words.data(), words.size()};
}

void append_header(std::string& head, std::string_view name, std::string_view value) {
    append_clean(head, name);
    head += ": ";
    append_clean(head, value);
    head += "\r\n";
}

bool equals_ignoring_case(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, {}, to_lower, to_lower);
}

namespace {

void append_clean(std::string& head, std::string_view text) {
    const std::size_t start = head.size();
    head += text;
    const auto is_control = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; };
    std::replace_if(head.begin() + static_cast<std::ptrdiff_t>(start), head.end(), is_control, ' ');
}

}  // namespace
}  // namespace segmentd::daemon
