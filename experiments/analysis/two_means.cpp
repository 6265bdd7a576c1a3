#include "experiments/analysis/two_means.hpp"

#include <algorithm>
#include <cmath>

#include "experiments/analysis/distributions.hpp"

namespace segmentd::experiments {
namespace {

double variance_of_mean(const ArmSummary& arm);

}  // namespace

std::optional<double> standard_error_of_difference(const ArmSummary& control, const ArmSummary& treatment) {
    if (control.units < 2 || treatment.units < 2) return std::nullopt;
    const double square = variance_of_mean(control) + variance_of_mean(treatment);
    if (!(square > 0.0)) return std::nullopt;
    return std::sqrt(square);
}

std::optional<TwoMeans> compare_means(const ArmSummary& control, const ArmSummary& treatment, double alpha) {
    const auto error = standard_error_of_difference(control, treatment);
    if (!error) return std::nullopt;
    const double control_share = variance_of_mean(control) / (*error * *error);
    const double treatment_share = 1.0 - control_share;
    TwoMeans result;
    result.difference = treatment.mean - control.mean;
    result.standard_error = *error;
    result.degrees_of_freedom = 1.0 / (control_share * control_share / static_cast<double>(control.units - 1) +
                                       treatment_share * treatment_share / static_cast<double>(treatment.units - 1));
    result.t = result.difference / *error;
    result.p = student_two_sided_p(result.t, result.degrees_of_freedom);
    const double half_width = student_quantile(1.0 - alpha / 2.0, result.degrees_of_freedom) * *error;
    result.interval = {result.difference - half_width, result.difference + half_width};
    return result;
}

// With k = 1 + L the condition is a quadratic in k; it bounds k where the square term is positive.
std::optional<RelativeLift> relative_lift(const ArmSummary& control, const ArmSummary& treatment, double multiplier) {
    if (control.units < 2 || treatment.units < 2 || !(control.mean > 0.0)) return std::nullopt;
    RelativeLift lift;
    lift.estimate = treatment.mean / control.mean - 1.0;
    const double square = multiplier * multiplier;
    const double first = control.mean * control.mean - square * variance_of_mean(control);
    const double middle = treatment.mean * control.mean;
    const double last = treatment.mean * treatment.mean - square * variance_of_mean(treatment);
    if (!(first > 0.0)) return lift;
    const double root = std::sqrt(std::max(middle * middle - first * last, 0.0));
    lift.interval = Interval{(middle - root) / first - 1.0, (middle + root) / first - 1.0};
    return lift;
}

namespace {

double variance_of_mean(const ArmSummary& arm) {
    return arm.variance / static_cast<double>(arm.units);
}

}  // namespace
}  // namespace segmentd::experiments
