// The library of mathematics: math.greatest, math.abs, math.bitAnd, math.round and so on.
#pragma once

#include <span>

#include "rules/expression/evaluation_error.hpp"
#include "rules/expression/functions.hpp"
#include "rules/expression/value.hpp"

namespace segmentd::rules::expression {

// A function of Library::math on arguments that it accepts(). round() goes away from zero at a half; shifts to the
// right fill with zeros, also of int; greatest() and least() of equal numbers give the first. Errors:
// no_such_overload for a list that holds something else, invalid_argument for an empty list and a shift below 0,
// overflow for abs() of the least int.
Outcome apply_math(Function function, std::span<const Value* const> arguments);

}  // namespace segmentd::rules::expression
