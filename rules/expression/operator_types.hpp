// The types of literals, and those that operators take and give.
#pragma once

#include <optional>

#include "rules/expression/syntax.hpp"
#include "rules/expression/type.hpp"

namespace segmentd::rules::expression {

// Of null, bool, numbers, string and bytes.
Type literal_type(const Value& literal);

// The type of `left operation right`; no value where the operator does not take these types.
// Numbers of different kinds may be compared, but not added: 1 + 1.0 is refused.
std::optional<Type> binary_result(BinaryOperator operation, const Type& left, const Type& right);

// The type of -operand; no value where it cannot be negated.
std::optional<Type> negation_result(const Type& operand);

// The type of target[key]; no value where the target is no list or map or the key does not fit. An
// element of an optional is optional.
std::optional<Type> index_result(const Type& target, const Type& key);

// The type of an element of a list or of a key of a map, which macros walk over.
std::optional<Type> element_of(const Type& range);

}  // namespace segmentd::rules::expression
