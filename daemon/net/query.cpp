#include "daemon/net/query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <charconv>

namespace segmentd::daemon {
namespace {

std::optional<std::string> decode_form(std::string_view text);

}  // namespace

const std::string* Query::find(std::string_view name) const {
    for (const auto& [known, value] : parameters) {
        if (known == name) return &value;
    }
    return nullptr;
}

Result<Query> parse_query(std::string_view raw) {
    Query query;
    while (!raw.empty()) {
        const std::string_view part = raw.substr(0, raw.find('&'));
        raw.remove_prefix(std::min(raw.size(), part.size() + 1));
        if (part.empty()) continue;
        if (query.parameters.size() == max_query_parameters) {
            return fail(ErrorCode::limit, fmt::format("the query has more than {} parameters", max_query_parameters));
        }
        const std::string_view name = part.substr(0, part.find('='));
        const std::string_view value = part.substr(std::min(part.size(), name.size() + 1));
        auto decoded_name = decode_form(name);
        auto decoded_value = decode_form(value);
        if (!decoded_name || !decoded_value) {
            return fail(ErrorCode::invalid, "the query holds a % without two hexadecimal digits", "write % as %25");
        }
        query.parameters.emplace_back(std::move(*decoded_name), std::move(*decoded_value));
    }
    return query;
}

std::optional<std::string> decode_percent(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        const std::string_view digits = text.substr(i + 1, 2);
        unsigned char byte = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (digits.size() < 2 || error != std::errc() || end != digits.data() + 2) return std::nullopt;
        decoded += static_cast<char>(byte);
        i += 2;
    }
    return decoded;
}

std::string encode_percent(std::string_view text) {
    return boost::urls::encode(text, boost::urls::unreserved_chars);
}

namespace {

std::optional<std::string> decode_form(std::string_view text) {
    std::string spaced(text);
    std::ranges::replace(spaced, '+', ' ');
    return decode_percent(spaced);
}

}  // namespace
}  // namespace segmentd::daemon
