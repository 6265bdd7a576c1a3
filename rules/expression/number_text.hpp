// Numbers from text, whole text or nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace segmentd::rules::expression {

// Decimal digits with an optional sign; no value beyond 64 bits.
std::optional<std::int64_t> parse_integer(std::string_view text);
std::optional<std::uint64_t> parse_unsigned(std::string_view text);

// Decimal with optional fraction and exponent, "inf", "infinity" or "nan" in any case. Too small
// becomes 0; too large has no value.
std::optional<double> parse_real(std::string_view text);

}  // namespace segmentd::rules::expression
