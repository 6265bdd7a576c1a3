// Instants and durations with nanoseconds, read and written as CEL does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rules/expression/value.hpp"

namespace segmentd::rules::expression {

// The years 0001 to 9999; both borders are valid instants.
inline constexpr Instant earliest_instant = {-62'135'596'800, 0};
inline constexpr Instant latest_instant = {253'402'300'799, 999'999'999};

bool is_in_range(Instant instant);

// RFC 3339 with at most nine digits of fraction that count, for example
// "1972-01-01T10:00:20.021-05:00". No value where the text is something else or out of range.
std::optional<Instant> parse_instant(std::string_view text);

// "2009-02-13T23:31:30.5Z": UTC, without trailing zeros.
std::string instant_text(Instant instant);

// A sum of decimal numbers with units h, m, s, ms, us, ns, and a sign in front: "1h30m", "-1.5s",
// "0". In nanoseconds; finer digits are cut off. No value beyond 64 bits or for another text.
std::optional<std::int64_t> parse_nanoseconds(std::string_view text);

// Seconds without trailing zeros: "90s", "-0.25s".
std::string nanoseconds_text(std::int64_t nanoseconds);

// "+01:00", "-02:30", "02:00": seconds east of UTC; "UTC", "Z" and "" are 0. No value for others.
std::optional<std::int64_t> parse_fixed_offset(std::string_view zone);

}  // namespace segmentd::rules::expression
