// The slow, obvious way to compute a feature: keep every signal for ever, look at all of them at each
// question, and ask of each whether its local date lies in the window.
#pragma once

#include <vector>

#include "rules/features/feature_state.hpp"

namespace segmentd::tests {

// A signal and the instant at which it became known.
struct KnownSignal {
    rules::FeatureInput input;
    Timestamp known_at{};
};

// The signals stand in the order in which they became known.
rules::expression::Value feature_by_oracle(const rules::FeaturePlan& plan, const std::vector<KnownSignal>& signals,
                                           rules::LocalInstant now);

// Same kind and same value; numbers that were computed with roundings agree to 1e-9 of their size and `scale`.
bool is_same(const rules::expression::Value& left, const rules::expression::Value& right, double scale);

}  // namespace segmentd::tests
