// string.format: "%s has %d seats".
#pragma once

#include <string_view>
#include <vector>

#include "rules/expression/evaluation_error.hpp"
#include "rules/expression/value.hpp"

namespace segmentd::rules::expression {

// The text with every clause replaced by the next argument: %s anything but an optional, %d numbers, %f and %e
// numbers with a precision (%.2f; 6 unless told, at most 100), %b %o whole numbers, and %b also bool, %x %X whole
// numbers, strings and bytes; %% is a percent sign. Arguments beyond the clauses are left out. Errors:
// invalid_argument for a clause that is none, that has no argument, or whose argument is of another kind;
// work_limit for a result longer than longest_text.
Outcome format_text(std::string_view format, const std::vector<Value>& arguments);

}  // namespace segmentd::rules::expression
