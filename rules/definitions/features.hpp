// features/*.yaml: what is computed from a customer's signals.
#pragma once

#include <optional>
#include <string>

#include "rules/definitions/common.hpp"

namespace segmentd::rules {

enum class Aggregate { count, sum, mean, min, max, first, last, distinct, recency };

struct FeatureDefinition {
    FeatureId id;
    std::string title;
    Reference<SignalId> signal;
    Aggregate compute = Aggregate::count;
    ExpressionText value;            // CEL over event; not for count and recency
    std::optional<Duration> window;  // T-W < occurred_at <= T; without: the whole life
    Condition where;                 // CEL over event
    std::string owner;
    SourcePlace place;
};

const char* to_word(Aggregate aggregate);

}  // namespace segmentd::rules
