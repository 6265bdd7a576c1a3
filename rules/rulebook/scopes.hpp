// The names that CEL may use in a place, and the slots they stand for.
#pragma once

#include "rules/expression/declarations.hpp"
#include "rules/rulebook/rulebook.hpp"

namespace segmentd::rules {

// The CEL type of a declared attribute; money reads as a number of major units.
expression::Type expression_type(AttributeType type);

// The type a feature's value has in conditions, given the type of what it aggregates.
expression::Type feature_type(Aggregate compute, const expression::Type& value);

// What can be added up: numbers, truths (true counts as 1), and what is known only when evaluated.
bool counts_as_number(const expression::Type& type);

// event.<property> of a signal; slots in the order of its contract.
expression::Declarations event_scope(const SignalDefinition& signal);

// row.<column> of a source; every column is text.
expression::Declarations row_scope(const SourceDefinition& source);

// profile, feature, score, threshold, segment and consent of a customer's row.
expression::Declarations customer_scope(const Rulebook& book, const std::vector<expression::Type>& feature_types);

// What a verdict may ask: `primary` and each metric of the pilot have better, worse, not_worse and enough;
// `guardrails` has ok and harmed. All are true or false.
expression::Declarations decision_scope(const PilotDefinition& pilot);

// The row of decision_scope(): the primary metric, the guardrails, then every metric in the order of
// metrics_of(), each with its members in the order above.
inline constexpr std::size_t judgements_of_a_metric = 4;
inline constexpr std::size_t judgements_of_guardrails = 2;

// What a slot of that row is about.
struct Asked {
    enum class Of { primary, guardrails, metric };
    Of of = Of::primary;
    std::size_t metric = 0;  // in metrics_of(); only of a metric
};
Asked asked_at(std::size_t slot);

}  // namespace segmentd::rules
