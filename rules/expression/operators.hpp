// What operators and functions do with values. Every kind of value may come; a kind that an
// operator does not take is the error no_such_overload.
#pragma once

#include <span>

#include "rules/expression/declarations.hpp"
#include "rules/expression/evaluation_error.hpp"
#include "rules/expression/functions.hpp"
#include "rules/expression/syntax.hpp"
#include "rules/expression/value.hpp"

namespace segmentd::rules::expression {

// left operation right, for every operator. Whole numbers overflow with an error, doubles to
// infinity; whole division rounds towards zero and % has the sign of the left side.
Outcome apply(BinaryOperator operation, const Value& left, const Value& right);

// -operand of an int or double.
Outcome negated(const Value& operand);

// target[key]: null with the reason in `error` where there is none. The value lives in the target.
const Value* element_at(const Value& target, const Value& key, EvaluationError& error);

// A function on its arguments, the target of a method first.
Outcome apply(Function function, std::span<const Value* const> arguments, const ZoneOffset& zones);

}  // namespace segmentd::rules::expression
