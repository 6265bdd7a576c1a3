#include "experiments/analysis/proportions.hpp"

#include <cmath>

#include "experiments/analysis/distributions.hpp"

namespace segmentd::experiments {

std::optional<TwoProportions> compare_proportions(const EventCount& control, const EventCount& treatment) {
    if (control.units < 1 || treatment.units < 1) return std::nullopt;
    const double control_units = static_cast<double>(control.units);
    const double treatment_units = static_cast<double>(treatment.units);
    const double events = static_cast<double>(control.events + treatment.events);
    const double pooled = events / (control_units + treatment_units);
    const double variance = pooled * (1.0 - pooled) * (1.0 / control_units + 1.0 / treatment_units);
    if (!(variance > 0.0)) return std::nullopt;
    TwoProportions result;
    result.difference =
        static_cast<double>(treatment.events) / treatment_units - static_cast<double>(control.events) / control_units;
    result.z = result.difference / std::sqrt(variance);
    result.p = normal_two_sided_p(result.z);
    return result;
}

}  // namespace segmentd::experiments
