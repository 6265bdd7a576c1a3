#include "daemon/dashboard/texts.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>

namespace segmentd::daemon {

std::string count_text(std::int64_t count) {
    auto digits = fmt::format("{}", count);
    const std::size_t sign = count < 0 ? 1 : 0;
    for (auto place = digits.size(); place > sign + 3;) {
        place -= 3;
        digits.insert(place, ",");
    }
    return digits;
}

std::string number_text(double number) {
    const bool is_whole = std::abs(number) >= 1000 && std::abs(number) < 1e15;
    return is_whole ? count_text(std::llround(number)) : fmt::format("{:.4g}", number);
}

std::string signed_text(double number) {
    return number > 0 ? "+" + number_text(number) : number_text(number);
}

std::string percent_text(double share) {
    return fmt::format("{:.1f} %", 100 * share);
}

std::string amount_text(const boost::json::value& amount, std::string_view currency) {
    if (!amount.is_number()) return "not known";
    return fmt::format("{} {}", number_text(amount.to_number<double>()), currency);
}

std::string minute_text(std::string_view instant) {
    if (instant.size() < 16) return std::string(instant);
    return fmt::format("{} {} UTC", instant.substr(0, 10), instant.substr(11, 5));
}

std::string text_of(const boost::json::value& value) {
    return value.is_string() ? std::string(value.get_string()) : std::string();
}

}  // namespace segmentd::daemon
