// The names that CEL may use in a place, and the slots they stand for.
#pragma once

#include "rules/expression/declarations.hpp"
#include "rules/rulebook/rulebook.hpp"

namespace segmentd::rules {

// The CEL type of a declared attribute; money reads as a number of major units.
expression::Type expression_type(AttributeType type);

// The type a feature's value has in conditions, given the type of what it aggregates.
expression::Type feature_type(Aggregate compute, const expression::Type& value);

// event.<property> of a signal; slots in the order of its contract.
expression::Declarations event_scope(const SignalDefinition& signal);

// row.<column> of a source; every column is text.
expression::Declarations row_scope(const SourceDefinition& source);

// profile, feature, score, threshold, segment and consent of a customer's row.
expression::Declarations customer_scope(const Rulebook& book, const std::vector<expression::Type>& feature_types);

}  // namespace segmentd::rules
