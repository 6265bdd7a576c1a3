// Conversions between kinds: int(), uint(), double(), string(), bytes(), bool(), timestamp(),
// duration(). Each takes its own kind unchanged.
#pragma once

#include "rules/expression/evaluation_error.hpp"
#include "rules/expression/value.hpp"

namespace segmentd::rules::expression {

// From uint, double (cut towards zero, strictly between -2^63 and 2^63), decimal text, timestamp
// (whole seconds since 1970).
Outcome to_int(const Value& value);
// From int, double (cut towards zero, 0 to below 2^64), decimal text.
Outcome to_uint(const Value& value);
// From int, uint (nearest double), text.
Outcome to_double(const Value& value);
// From bool, numbers, bytes that are UTF-8, timestamp (RFC 3339), duration (seconds).
Outcome to_string(const Value& value);
// From text, as its UTF-8.
Outcome to_bytes(const Value& value);
// From "1", "t", "true", "TRUE", "True" and the like for false.
Outcome to_bool(const Value& value);
// From RFC 3339 text, or whole seconds since 1970.
Outcome to_timestamp(const Value& value);
// From text such as "1h30m" or "-1.5s". There are no days: 24h.
Outcome to_duration(const Value& value);

}  // namespace segmentd::rules::expression
