#include "rules/scoring/bg_nbd.hpp"

#include <algorithm>
#include <cmath>

namespace segmentd::rules {
namespace {

double log_left_odds(const BgNbdParameters& parameters, const PurchaseHistory& history);
double purchases_by_series(const BgNbdParameters& alive, double relative_horizon);
double purchases_by_integral(const BgNbdParameters& alive, double relative_horizon);

// Beyond this many expected terms the integral is the faster form.
constexpr double longest_series = 2000.0;

}  // namespace

bool is_valid(const PurchaseHistory& history) {
    if (!std::isfinite(history.observed) || history.repeats < 0) return false;
    if (history.repeats == 0) return history.observed >= 0 && std::fabs(history.last_repeat) <= 0.0;
    return history.last_repeat >= 0 && history.last_repeat <= history.observed;
}

// G(r+x)/G(r) B(a,b+x)/B(a,b) is the product of (r+i)(b+i)/(a+b+i) for i below x.
double log_likelihood(const BgNbdParameters& parameters, const PurchaseHistory& history) {
    const auto& [r, alpha, a, b] = parameters;
    double sum = -r * std::log1p(history.observed / alpha);
    for (std::int64_t i = 0; i < history.repeats; ++i) {
        const double step = static_cast<double>(i);
        sum += std::log((r + step) / (alpha + history.observed) * ((b + step) / (a + b + step)));
    }
    if (history.repeats == 0) return sum;
    const double odds = log_left_odds(parameters, history);
    return sum + std::max(odds, 0.0) + std::log1p(std::exp(-std::fabs(odds)));
}

double alive_probability(const BgNbdParameters& parameters, const PurchaseHistory& history) {
    if (history.repeats == 0) return 1.0;
    return 1.0 / (1.0 + std::exp(log_left_odds(parameters, history)));
}

// Given that the customer is alive, the purchase rate is gamma(r+x, alpha+T) and the probability
// to leave is beta(a, b+x).
double expected_purchases(const BgNbdParameters& parameters, const PurchaseHistory& history, double horizon) {
    if (!(horizon > 0.0)) return 0.0;
    const double repeats = static_cast<double>(history.repeats);
    const BgNbdParameters alive{parameters.r + repeats, parameters.alpha + history.observed, parameters.a,
                                parameters.b + repeats};
    const double relative_horizon = horizon / alive.alpha;
    const bool is_long = (1.0 + alive.r) * relative_horizon > longest_series;
    const double purchases =
        is_long ? purchases_by_integral(alive, relative_horizon) : purchases_by_series(alive, relative_horizon);
    return alive_probability(parameters, history) * purchases;
}

double expected_new_customer(const BgNbdParameters& parameters, double horizon) {
    return expected_purchases(parameters, PurchaseHistory{}, horizon);
}

namespace {

// Logarithm of the odds that the customer left right after the last repeat purchase.
double log_left_odds(const BgNbdParameters& parameters, const PurchaseHistory& history) {
    const double repeats = static_cast<double>(history.repeats);
    const double silence = (history.observed - history.last_repeat) / (parameters.alpha + history.last_repeat);
    return std::log(parameters.a / (parameters.b + repeats - 1.0)) + (parameters.r + repeats) * std::log1p(silence);
}

// Without leaving, n purchases fall into the horizon with negative binomial probability; of these a
// customer who may leave makes H_n = sum over j < n of E[(1-p)^j]. Summing probability times H_n is
// the hypergeometric form of the paper with positive terms only. The weights are kept up to a
// common factor, so nothing underflows.
double purchases_by_series(const BgNbdParameters& alive, double relative_horizon) {
    const double z = relative_horizon / (1.0 + relative_horizon);
    double weight = 1.0;
    double stays = 1.0;
    double made = 0.0;
    double weights = 0.0;
    double weighted = 0.0;
    for (double n = 0.0;; n += 1.0) {
        weights += weight;
        weighted += weight * made;
        made += stays;
        stays *= (alive.b + n) / (alive.a + alive.b + n);
        const double ratio = z * (alive.r + n) / (n + 1.0);
        weight *= ratio;
        const double bound = std::max(ratio, z);
        const double rest = 1.0 - bound;
        if (bound < 1.0 && weight * (made / rest + 1.0 / (rest * rest)) < 1e-17 * weighted) break;
        if (weight > 1e200) {
            weight *= 1e-200;
            weights *= 1e-200;
            weighted *= 1e-200;
        }
    }
    return weighted / weights;
}

// The same expectation as an integral over the leaving probability p ~ beta(a, b): given p, expected
// purchases are (1 - (1 + p horizon)^-r) / p. On the logit scale of p the density has no poles and
// falls exponentially to both sides, where the trapezoid rule is exact to rounding.
double purchases_by_integral(const BgNbdParameters& alive, double relative_horizon) {
    const double width = 0.25 * std::min(1.0, std::sqrt(1.0 / alive.a + 1.0 / alive.b));
    const double peak = std::log(alive.a / alive.b);
    const auto log_density = [&](double logit) {
        const double fall = std::log1p(std::exp(-std::fabs(logit)));
        return logit < 0 ? alive.a * (logit - fall) - alive.b * fall : -alive.a * fall - alive.b * (logit + fall);
    };
    const double highest = log_density(peak);
    double weights = 0.0;
    double weighted = 0.0;
    for (const double direction : {-1.0, 1.0}) {
        const double decay = width * (direction < 0 ? alive.a : alive.b);
        const double largest = alive.r * relative_horizon;
        for (double step = direction < 0 ? 0.0 : 1.0;; step += 1.0) {
            const double logit = peak + direction * step * width;
            const double p = 1.0 / (1.0 + std::exp(-logit));
            const double weight = std::exp(log_density(logit) - highest);
            const double made = p > 0.0 ? -std::expm1(-alive.r * std::log1p(p * relative_horizon)) / p : largest;
            weights += weight;
            weighted += weight * made;
            if (weight * largest < 1e-17 * weighted * std::min(decay, 1.0)) break;
        }
    }
    return weighted / weights;
}

}  // namespace
}  // namespace segmentd::rules
