// The library of optional values: optional.of, hasValue, orValue, and access that may find nothing.
#pragma once

#include <span>

#include "rules/expression/evaluation_error.hpp"
#include "rules/expression/functions.hpp"
#include "rules/expression/value.hpp"

namespace segmentd::rules::expression {

// A function of Library::optionals on arguments that it accepts(). value() of none is the error invalid_argument.
Outcome apply_optionals(Function function, std::span<const Value* const> arguments);

// target[?key] as an optional: none where the target is none, a map has no such key or a list is shorter. Errors as
// for target[key] otherwise. The target may be an optional or what it would hold.
Outcome optional_element(const Value& target, const Value& key);

}  // namespace segmentd::rules::expression
