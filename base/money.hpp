// Money: an exact count of minor units (cents) with its ISO 4217 currency.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace segmentd {

struct Money {
    std::int64_t minor_units = 0;
    std::string currency;  // three capital letters
    bool operator==(const Money&) const = default;
};

// Digits after the decimal point of an ISO 4217 currency: 2 for most, 0 for JPY, 3 for KWD.
int currency_digits(std::string_view currency);

// Reads "120 EUR" or "0.02 USD". More digits than the currency has are refused.
Result<Money> parse_money(std::string_view text);

// "120.00 EUR".
std::string to_text(const Money& money);

// Minor units of a decimal text such as "29.33" or "-4", rounded half to even beyond the
// currency's digits. Exact: no binary fraction is involved. Overflow and other texts are errors.
Result<std::int64_t> parse_minor_units(std::string_view decimal, int digits);

// Minor units of a number that came as a double (JSON), rounded half to even.
Result<std::int64_t> to_minor_units(double amount, int digits);

// 10 to the power of a currency's digits: the minor units of one major unit.
std::int64_t power_of_ten(int digits);

// The amount in major units, for expressions and output.
double to_major_units(std::int64_t minor_units, int digits);

}  // namespace segmentd
