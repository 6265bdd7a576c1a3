// + - * / % on numbers, texts, lists, instants and durations.
#pragma once

#include "rules/expression/evaluation_error.hpp"
#include "rules/expression/value.hpp"

namespace segmentd::rules::expression {

Outcome add(const Value& left, const Value& right);
Outcome subtract(const Value& left, const Value& right);
Outcome multiply(const Value& left, const Value& right);
Outcome divide(const Value& left, const Value& right);
Outcome remainder(const Value& left, const Value& right);

}  // namespace segmentd::rules::expression
