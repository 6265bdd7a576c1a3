// Equality and order of values, as CEL defines them.
#pragma once

#include <compare>
#include <optional>

#include "rules/expression/value.hpp"

namespace segmentd::rules::expression {

// Values of different kinds are unequal, but numbers are equal by their amount (1 == 1u == 1.0).
// NaN equals nothing, not itself, inside lists neither. Never an error.
bool equal(const Value& left, const Value& right);

// The order of two numbers of any kind, or of two values of the same ordered kind: bool, string
// and bytes (by code point and byte), timestamp, duration. No value where there is no order;
// unordered where NaN is involved. An integer meets a double as the nearest double, so that
// 9223372036854775807 and 9223372036854775808.0 are equivalent.
std::optional<std::partial_ordering> order(const Value& left, const Value& right);

}  // namespace segmentd::rules::expression
