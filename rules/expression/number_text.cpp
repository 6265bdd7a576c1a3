#include "rules/expression/number_text.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>

namespace segmentd::rules::expression {
namespace {

// from_chars takes a minus but no plus.
std::string_view without_plus(std::string_view text) {
    const bool sign_follows = text.size() > 1 && (text[1] == '-' || text[1] == '+');
    if (text.starts_with('+') && !sign_follows) text.remove_prefix(1);
    return text;
}

template <typename Number>
std::optional<Number> parse_whole(std::string_view text) {
    text = without_plus(text);
    Number value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
    return parse_whole<std::int64_t>(text);
}

std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
    return parse_whole<std::uint64_t>(text);
}

std::optional<double> parse_real(std::string_view text) {
    text = without_plus(text);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end != text.data() + text.size() || error == std::errc::invalid_argument) return std::nullopt;
    if (error == std::errc::result_out_of_range) {
        // from_chars does not say whether the number is too small or too large; strtod does.
        value = std::strtod(std::string(text).c_str(), nullptr);
        if (std::isinf(value)) return std::nullopt;
    }
    return value;
}

}  // namespace segmentd::rules::expression
