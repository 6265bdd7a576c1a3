// Instants and durations: microseconds since 1970-01-01T00:00:00Z, without leap seconds.
//
// A Timestamp is an instant, never a wall reading of some place. Texts are RFC 3339; a bare date
// ("1997-09-30") is the start of that day in UTC.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace segmentd {

using Duration = std::chrono::microseconds;
using Timestamp = std::chrono::sys_time<Duration>;
using Days = std::chrono::days;

inline constexpr Timestamp never = Timestamp::max();
inline constexpr Timestamp beginning_of_time = Timestamp::min();

// Reads RFC 3339 ("1997-09-30T12:00:00.5+02:00"; a space may stand for the T) or a date.
// A time without offset is UTC. Years 0001 to 9999. Fractions beyond microseconds are cut off.
Result<Timestamp> parse_timestamp(std::string_view text);

// True where the text is a date alone, so that a caller can give it the meaning "that whole day".
bool is_date_only(std::string_view text);

// "1997-09-30T12:00:00Z", with microseconds only where there are some.
std::string to_text(Timestamp instant);

// "1997-09-30" of the UTC day that holds the instant.
std::string to_date_text(Timestamp instant);

// Reads whole durations: "90d", "2w", "12h", "30m", "15s", "500ms", and sums such as "1d12h".
// A day is 24 hours. Not negative; zero is allowed.
Result<Duration> parse_duration(std::string_view text);

// The shortest text that parse_duration reads back: "90d", "1d12h", "0s".
std::string to_text(Duration duration);

// The UTC day that holds the instant, counted from 1970-01-01.
inline std::int64_t day_number(Timestamp instant) {
    return std::chrono::floor<Days>(instant).time_since_epoch().count();
}

inline Timestamp start_of_day(std::int64_t day) {
    return Timestamp(std::chrono::duration_cast<Duration>(Days(day)));
}

inline std::int64_t to_microseconds(Timestamp instant) {
    return instant.time_since_epoch().count();
}

inline Timestamp from_microseconds(std::int64_t microseconds) {
    return Timestamp(Duration(microseconds));
}

}  // namespace segmentd
