#include "base/money.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace segmentd {
namespace {

constexpr std::array<std::string_view, 16> without_digits = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW",
                                                             "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"};
constexpr std::array<std::string_view, 7> with_three_digits = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

tl::unexpected<Error> not_an_amount(std::string_view text) {
    return fail(ErrorCode::invalid, fmt::format("'{}' is not an amount", text.substr(0, 40)),
                "write a decimal number such as 29.33");
}

}  // namespace

int currency_digits(std::string_view currency) {
    for (const auto known : without_digits) {
        if (known == currency) return 0;
    }
    for (const auto known : with_three_digits) {
        if (known == currency) return 3;
    }
    return 2;
}

Result<Money> parse_money(std::string_view text) {
    const auto refuse = [&] {
        return fail(ErrorCode::invalid, fmt::format("'{}' is not an amount of money", text.substr(0, 40)),
                    "write the amount and the currency: 120 EUR");
    };
    const auto space = text.find(' ');
    if (space == std::string_view::npos) return refuse();
    const auto currency = text.substr(space + 1);
    if (currency.size() != 3) return refuse();
    for (const char letter : currency) {
        if (letter < 'A' || letter > 'Z') return refuse();
    }
    const auto amount = text.substr(0, space);
    const int digits = currency_digits(currency);
    const auto point = amount.find('.');
    if (point != std::string_view::npos && amount.size() - point - 1 > static_cast<std::size_t>(digits)) {
        return refuse();
    }
    const auto minor_units = parse_minor_units(amount, digits);
    if (!minor_units) return refuse();
    return Money{*minor_units, std::string(currency)};
}

std::string to_text(const Money& money) {
    const int digits = currency_digits(money.currency);
    const std::int64_t unit = power_of_ten(digits);
    const char* sign = money.minor_units < 0 ? "-" : "";
    const auto whole = std::abs(money.minor_units / unit);
    const auto rest = std::abs(money.minor_units % unit);
    if (digits == 0) return fmt::format("{}{} {}", sign, whole, money.currency);
    return fmt::format("{}{}.{:0{}} {}", sign, whole, rest, digits, money.currency);
}

Result<std::int64_t> parse_minor_units(std::string_view decimal, int digits) {
    std::string_view rest = decimal;
    const bool negative = !rest.empty() && rest.front() == '-';
    if (negative || (!rest.empty() && rest.front() == '+')) rest.remove_prefix(1);
    std::int64_t value = 0;
    int after_point = -1;
    bool any = false;
    int first_cut = -1;
    bool more_after_cut = false;
    for (const char c : rest) {
        if (c == '.' && after_point < 0) {
            after_point = 0;
            continue;
        }
        if (!is_digit(c)) return not_an_amount(decimal);
        any = true;
        if (after_point >= digits) {
            if (first_cut < 0)
                first_cut = c - '0';
            else
                more_after_cut = more_after_cut || c != '0';
            continue;
        }
        if (__builtin_mul_overflow(value, std::int64_t{10}, &value) ||
            __builtin_add_overflow(value, std::int64_t{c - '0'}, &value)) {
            return not_an_amount(decimal);
        }
        if (after_point >= 0) ++after_point;
    }
    if (!any) return not_an_amount(decimal);
    for (int i = std::max(after_point, 0); i < digits; ++i) {
        if (__builtin_mul_overflow(value, std::int64_t{10}, &value)) return not_an_amount(decimal);
    }
    const bool rounds_up = first_cut > 5 || (first_cut == 5 && (more_after_cut || value % 2 != 0));
    if (rounds_up && __builtin_add_overflow(value, std::int64_t{1}, &value)) return not_an_amount(decimal);
    return negative ? -value : value;
}

Result<std::int64_t> to_minor_units(double amount, int digits) {
    const double scaled = amount * static_cast<double>(power_of_ten(digits));
    if (!std::isfinite(scaled) || std::abs(scaled) > 9.0e15) {
        return fail(ErrorCode::invalid, fmt::format("{} is not an amount", amount), "stay within 9e15 minor units");
    }
    return static_cast<std::int64_t>(std::nearbyint(scaled));
}

std::int64_t power_of_ten(int digits) {
    std::int64_t power = 1;
    for (int i = 0; i < digits; ++i) power *= 10;
    return power;
}

double to_major_units(std::int64_t minor_units, int digits) {
    return static_cast<double>(minor_units) / static_cast<double>(power_of_ten(digits));
}

}  // namespace segmentd
