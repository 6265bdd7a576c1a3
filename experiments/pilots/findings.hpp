// What a pilot showed: every arm against control, for every metric, overall and by segment.
//
// The difference is decided on the absolute scale: a fixed interval (Welch) that is right when read
// once at the planned end, and an always-valid interval that may be read at any time. The relative
// lift is reported, never decided on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiments/analysis/confidence_sequence.hpp"
#include "experiments/analysis/two_means.hpp"
#include "experiments/pilots/pilot_state.hpp"
#include "rules/definitions/pilots.hpp"

namespace segmentd::experiments {

struct Finding {
    MetricId metric;
    rules::MetricTiming timing = rules::MetricTiming::leading;
    rules::MetricDirection direction = rules::MetricDirection::up;
    bool is_always_valid = true;  // the interval that the design decides by; else the fixed one
    SegmentId segment;            // empty: everybody in the pilot
    std::string arm;
    std::string control;
    ArmSummary treated;
    ArmSummary untreated;
    double difference = 0;
    std::optional<TwoMeans> fixed;              // nothing where no unit varied
    std::optional<AlwaysValid> always_valid;    // nothing during the burn-in
    std::optional<RelativeLift> relative_lift;  // nothing where control's mean is not positive
};

// Units of a metric's sums that make 1.0 on its own scale, given the digits of its money (or -1).
double units_in_one(const rules::MetricDefinition& metric, int money_digits);

struct MetricScale {
    const rules::MetricDefinition* metric = nullptr;
    double units_in_one = 1;
};

// One finding for each group, metric and arm but control. `scales` stands in the order of
// metrics_of(pilot).
std::vector<Finding> findings_of(const rules::PilotDefinition& pilot, const PilotState& state,
                                 const std::vector<MetricScale>& scales);

// p of the sample-ratio test over everybody enrolled in an arm that is still defined; nothing while
// nobody is.
std::optional<double> sample_ratio_p(const rules::PilotDefinition& pilot, const PilotState& state);

}  // namespace segmentd::experiments
