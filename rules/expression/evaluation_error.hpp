// Why an expression has no value for a row.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "rules/expression/value.hpp"

namespace segmentd::rules::expression {

enum class EvaluationErrorKind : std::uint8_t {
    missing_attribute,   // a slot of the row is missing
    no_such_key,         // a map has no such key
    index_out_of_range,  // a list is shorter
    no_such_overload,    // an operator or function does not take these kinds
    invalid_argument,    // the kind is right, the value is not: int("x"), a regular expression
    overflow,            // beyond 64 bits, or outside the range of timestamps and durations
    divide_by_zero,
    repeated_key,      // a map literal names a key twice
    unknown_name,      // only of expressions compiled without type check
    unknown_function,  // only of expressions compiled without type check
    work_limit,        // too many steps, or a value that grew too large
};

struct EvaluationError {
    EvaluationErrorKind kind = EvaluationErrorKind::no_such_overload;
    std::string message;  // for people
};

using Outcome = tl::expected<Value, EvaluationError>;

inline tl::unexpected<EvaluationError> no_value(EvaluationErrorKind kind, std::string message) {
    return tl::unexpected(EvaluationError{kind, std::move(message)});
}

}  // namespace segmentd::rules::expression
