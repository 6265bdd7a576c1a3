#include "experiments/analysis/sample_ratio.hpp"

#include <cmath>
#include <cstddef>
#include <limits>

#include "experiments/analysis/distributions.hpp"

namespace segmentd::experiments {

std::optional<SampleRatio> check_sample_ratio(std::span<const std::int64_t> counts, std::span<const double> weights) {
    if (counts.size() != weights.size()) return std::nullopt;
    double units = 0.0;
    double weight_sum = 0.0;
    std::int64_t arms = 0;
    for (std::size_t arm = 0; arm < counts.size(); ++arm) {
        if (counts[arm] < 0 || !(weights[arm] >= 0.0) || !std::isfinite(weights[arm])) return std::nullopt;
        units += static_cast<double>(counts[arm]);
        weight_sum += weights[arm];
        arms += weights[arm] > 0.0 ? 1 : 0;
    }
    if (arms < 2) return std::nullopt;
    SampleRatio result;
    result.degrees_of_freedom = arms - 1;
    if (units <= 0.0) return result;
    for (std::size_t arm = 0; arm < counts.size(); ++arm) {
        const double expected = units * weights[arm] / weight_sum;
        const double surplus = static_cast<double>(counts[arm]) - expected;
        if (weights[arm] > 0.0) {
            result.statistic += surplus * surplus / expected;
        } else if (counts[arm] > 0) {
            result.statistic = std::numeric_limits<double>::infinity();
        }
    }
    result.p = std::isinf(result.statistic)
                   ? 0.0
                   : chi_squared_upper_p(result.statistic, static_cast<double>(result.degrees_of_freedom));
    return result;
}

}  // namespace segmentd::experiments
