#include "experiments/analysis/kaplan_meier.hpp"

#include <algorithm>
#include <cmath>

#include "experiments/analysis/distributions.hpp"

namespace segmentd::experiments {
namespace {

constexpr double half = 0.5 + 1e-12;  // a product of shares may miss one half by its rounding

struct Band {
    double lower = 0;
    double upper = 0;
};

Band log_log_band(double survival, double greenwood, double quantile);

}  // namespace

MedianLifetime median_lifetime(std::vector<Lifetime> lifetimes, double alpha) {
    std::ranges::sort(lifetimes, {}, &Lifetime::length);
    const double quantile = normal_quantile(1.0 - alpha / 2.0);
    MedianLifetime found;
    double survival = 1.0;
    double greenwood = 0.0;
    for (std::size_t next = 0; next < lifetimes.size();) {
        const double length = lifetimes[next].length;
        const auto at_risk = static_cast<double>(lifetimes.size() - next);
        double ended = 0.0;
        for (; next < lifetimes.size() && !(lifetimes[next].length > length); ++next) {
            ended += lifetimes[next].has_ended ? 1.0 : 0.0;
        }
        if (!(ended > 0.0)) continue;
        survival *= 1.0 - ended / at_risk;
        if (!found.median && survival <= half) found.median = length;
        if (ended >= at_risk) break;  // nobody is left, and no band
        greenwood += ended / (at_risk * (at_risk - ended));
        const auto band = log_log_band(survival, greenwood, quantile);
        if (!found.lower && band.lower <= half) found.lower = length;
        if (!found.upper && band.upper <= half) found.upper = length;
    }
    return found;
}

namespace {

// Survival strictly between 0 and 1.
Band log_log_band(double survival, double greenwood, double quantile) {
    const double width = quantile * std::sqrt(greenwood) / std::fabs(std::log(survival));
    return {std::pow(survival, std::exp(width)), std::pow(survival, std::exp(-width))};
}

}  // namespace
}  // namespace segmentd::experiments
