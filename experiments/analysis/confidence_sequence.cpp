#include "experiments/analysis/confidence_sequence.hpp"

#include <algorithm>
#include <cmath>

#include "experiments/analysis/distributions.hpp"

namespace segmentd::experiments {
namespace {

constexpr std::int64_t fewest_units = 50;
constexpr double fewest_events = 9.5;  // 10, by a count that came through a mean

bool is_burnt_in(const ArmSummary& control, const ArmSummary& treatment, const SequenceDesign& design);
ArmSummary with_floor(ArmSummary arm, const SequenceDesign& design);

}  // namespace

double tuned_rho_approximate(double alpha, double n_star) {
    const double log_term = -2.0 * std::log(alpha);
    return std::sqrt((log_term + std::log1p(log_term)) / n_star);
}

double tuned_rho_exact(double alpha, double n_star) {
    const double argument = -alpha * alpha * std::exp(-1.0);
    return std::sqrt((-lambert_w_minus_one(argument) - 1.0) / n_star);
}

double sequence_half_width(const RunningMean& mean, double rho, double alpha) {
    const double information = mean.units * rho * rho;
    const double boundary =
        2.0 * (information + 1.0) / (mean.units * information) * (0.5 * std::log1p(information) - std::log(alpha));
    return std::sqrt(mean.variance * boundary);
}

double anytime_p(const RunningMean& mean, double rho) {
    if (!(mean.variance > 0.0)) return std::fabs(mean.estimate) > 0.0 ? 0.0 : 1.0;
    const double information = mean.units * rho * rho;
    const double total = mean.units * mean.estimate;
    const double exponent = rho * rho * total * total / (2.0 * mean.variance * (information + 1.0));
    return std::min(1.0, std::exp(0.5 * std::log1p(information) - exponent));
}

std::optional<AlwaysValid> compare_always_valid(const ArmSummary& control, const ArmSummary& treatment,
                                                const SequenceDesign& design) {
    if (!is_burnt_in(control, treatment, design)) return std::nullopt;
    const ArmSummary safe_control = with_floor(control, design);
    const ArmSummary safe_treatment = with_floor(treatment, design);
    const auto error = standard_error_of_difference(safe_control, safe_treatment);
    if (!error) return std::nullopt;
    AlwaysValid result;
    result.difference = treatment.mean - control.mean;
    result.standard_error = *error;
    const double units = static_cast<double>(control.units + treatment.units);
    const RunningMean mean{units, *error * *error * units, result.difference};
    const double rho = tuned_rho_approximate(design.alpha, design.n_star);
    const double half_width = sequence_half_width(mean, rho, design.alpha);
    result.interval = {result.difference - half_width, result.difference + half_width};
    result.p = anytime_p(mean, rho);
    result.lift = relative_lift(safe_control, safe_treatment, half_width / *error);
    return result;
}

namespace {

bool is_burnt_in(const ArmSummary& control, const ArmSummary& treatment, const SequenceDesign& design) {
    if (std::min(control.units, treatment.units) < fewest_units) return false;
    if (!design.has_binary_outcome) return true;
    const double control_units = static_cast<double>(control.units);
    const double treatment_units = static_cast<double>(treatment.units);
    const double events = control_units * control.mean + treatment_units * treatment.mean;
    return std::min(events, control_units + treatment_units - events) >= fewest_events;
}

ArmSummary with_floor(ArmSummary arm, const SequenceDesign& design) {
    const double one_event = design.has_binary_outcome ? 1.0 / static_cast<double>(arm.units) : 0.0;
    arm.variance = std::max({arm.variance, design.variance_floor, one_event});
    return arm;
}

}  // namespace
}  // namespace segmentd::experiments
