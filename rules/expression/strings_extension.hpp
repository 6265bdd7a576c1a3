// The library of strings: charAt, indexOf, join, replace, split and so on. Positions and sizes count code points.
#pragma once

#include <span>

#include "rules/expression/evaluation_error.hpp"
#include "rules/expression/functions.hpp"
#include "rules/expression/value.hpp"

namespace segmentd::rules::expression {

// A function of Library::strings on arguments that it accepts(), the target of a method first. Errors:
// no_such_overload for what a list holds, index_out_of_range, invalid_argument for a format that does not fit, and
// work_limit where the result would be longer than longest_text.
Outcome apply_strings(Function function, std::span<const Value* const> arguments);

}  // namespace segmentd::rules::expression
