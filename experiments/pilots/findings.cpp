#include "experiments/pilots/findings.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "experiments/analysis/distributions.hpp"
#include "experiments/analysis/sample_ratio.hpp"

namespace segmentd::experiments {
namespace {

ArmSummary summary_of(const ExactSum& cell, double units) {
    return {cell.count(), cell.mean(units), cell.variance(units)};
}

Finding compare(const rules::PilotDefinition& pilot, const MetricScale& scale, const ArmSummary& control,
                const ArmSummary& treatment) {
    Finding finding;
    finding.metric = scale.metric->id;
    finding.timing = scale.metric->timing;
    finding.direction = scale.metric->direction;
    finding.is_always_valid = pilot.design.method == "always_valid";
    finding.untreated = control;
    finding.treated = treatment;
    finding.difference = treatment.mean - control.mean;
    finding.fixed = compare_means(control, treatment, pilot.design.alpha);
    SequenceDesign design;
    design.alpha = pilot.design.alpha;
    design.n_star = static_cast<double>(pilot.design.tuned_at);
    design.has_binary_outcome = scale.metric->compute == rules::MetricCompute::any;
    finding.always_valid = compare_always_valid(control, treatment, design);
    finding.relative_lift = relative_lift(control, treatment, normal_quantile(1 - pilot.design.alpha / 2));
    return finding;
}

}  // namespace

double units_in_one(const rules::MetricDefinition& metric, int money_digits) {
    if (metric.compute != rules::MetricCompute::sum) return 1;
    return money_digits >= 0 ? std::pow(10.0, money_digits) : units_per_one;
}

std::vector<Finding> findings_of(const rules::PilotDefinition& pilot, const PilotState& state,
                                 const std::vector<MetricScale>& scales) {
    std::vector<Finding> findings;
    const auto control = control_of(pilot);
    for (std::size_t group = 0; group < state.groups(); ++group) {
        for (std::size_t metric = 0; metric < scales.size(); ++metric) {
            const auto& scale = scales[metric];
            const auto untreated = summary_of(state.cell(group, control, metric), scale.units_in_one);
            for (std::size_t arm = 0; arm < pilot.arms.size(); ++arm) {
                if (arm == control) continue;
                auto finding =
                    compare(pilot, scale, untreated, summary_of(state.cell(group, arm, metric), scale.units_in_one));
                finding.segment = group == 0 ? SegmentId{} : pilot.report_by[group - 1].id;
                finding.arm = pilot.arms[arm].name;
                finding.control = pilot.arms[control].name;
                findings.push_back(std::move(finding));
            }
        }
    }
    return findings;
}

std::optional<double> sample_ratio_p(const rules::PilotDefinition& pilot, const PilotState& state) {
    std::vector<double> weights;
    for (const auto& arm : pilot.arms) weights.push_back(arm.weight);
    const auto counts = std::span(state.enrolled(0)).first(weights.size());
    if (std::ranges::all_of(counts, [](auto count) { return count == 0; })) return std::nullopt;
    const auto test = check_sample_ratio(counts, weights);
    return test ? std::optional(test->p) : std::nullopt;
}

}  // namespace segmentd::experiments
