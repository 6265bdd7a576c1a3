#include "rules/scoring/gamma_gamma.hpp"

#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <cstddef>
#include <vector>

#include "rules/scoring/maximise.hpp"

namespace segmentd::rules {
namespace {

constexpr std::int64_t fewest_customers = 10;
constexpr double farthest_logarithm = 14.0;  // from the start; beyond it a parameter has run away

using InDouble = boost::math::policies::policy<boost::math::policies::promote_double<false>>;

double log_gamma(double value) {
    return boost::math::lgamma(value, InDouble());
}
double digamma(double value) {
    return boost::math::digamma(value, InDouble());
}

Result<std::vector<SpendHistory>> select_spenders(std::span<const SpendHistory> customers);
std::vector<double> start_from(const std::vector<SpendHistory>& spenders);
Slope likelihood_slope(const std::vector<SpendHistory>& spenders, const std::vector<double>& logarithms);
GammaGammaParameters from_logarithms(const std::vector<double>& logarithms);

}  // namespace

// With S = x z the spend in all, the density of z is that of the note written by logarithms of
// shares: S/(gamma+S) and gamma/(gamma+S), which keep their precision at any scale of money.
double log_likelihood(const GammaGammaParameters& parameters, const SpendHistory& history) {
    const auto& [p, q, gamma] = parameters;
    const double shape = p * static_cast<double>(history.purchases);
    const double spent = static_cast<double>(history.purchases) * history.mean_spend;
    return log_gamma(shape + q) - log_gamma(shape) - log_gamma(q) - q * std::log1p(spent / gamma) -
           shape * std::log1p(gamma / spent) - std::log(history.mean_spend);
}

std::optional<double> expected_spend(const GammaGammaParameters& parameters, const SpendHistory& history) {
    const auto& [p, q, gamma] = parameters;
    const double purchases = static_cast<double>(history.purchases);
    const double degrees = p * purchases + q - 1.0;
    if (!(degrees > 0.0)) return std::nullopt;
    const double spent = history.purchases > 0 ? purchases * history.mean_spend : 0.0;
    return p * (gamma + spent) / degrees;
}

std::optional<double> population_spend(const GammaGammaParameters& parameters) {
    return expected_spend(parameters, SpendHistory{});
}

Result<GammaGammaFit> fit_gamma_gamma(std::span<const SpendHistory> customers) {
    TRY(spenders, select_spenders(customers));
    const auto start = start_from(spenders);
    const auto best =
        maximise([&](const std::vector<double>& point) { return likelihood_slope(spenders, point); }, start);
    bool has_run_away = false;
    for (std::size_t i = 0; i < start.size(); ++i) {
        has_run_away = has_run_away || std::fabs(best.point[i] - start[i]) > farthest_logarithm;
    }
    if (!best.converged || has_run_away) {
        return fail(ErrorCode::invalid, "the spends do not determine a Gamma-Gamma model",
                    "use more customers; all may spend the same, or each customer only once");
    }
    GammaGammaFit fit;
    fit.parameters = from_logarithms(best.point);
    fit.log_likelihood = best.value;
    fit.customers = static_cast<std::int64_t>(spenders.size());
    fit.iterations = best.iterations;
    fit.converged = true;
    return fit;
}

namespace {

Result<std::vector<SpendHistory>> select_spenders(std::span<const SpendHistory> customers) {
    std::vector<SpendHistory> spenders;
    for (const auto& history : customers) {
        if (history.purchases == 0) continue;
        if (history.purchases < 0 || !(history.mean_spend > 0.0) || !std::isfinite(history.mean_spend)) {
            return fail(ErrorCode::invalid, "a Gamma-Gamma model needs positive mean spends",
                        "leave out customers whose purchases add to nothing");
        }
        spenders.push_back(history);
    }
    if (static_cast<std::int64_t>(spenders.size()) < fewest_customers) {
        return fail(ErrorCode::invalid, "a Gamma-Gamma model needs at least 10 customers with purchases");
    }
    return spenders;
}

// p = 1, q = 2, and gamma such that the population mean p gamma/(q-1) is that of the data.
std::vector<double> start_from(const std::vector<SpendHistory>& spenders) {
    double spent = 0.0;
    double purchases = 0.0;
    for (const auto& history : spenders) {
        spent += static_cast<double>(history.purchases) * history.mean_spend;
        purchases += static_cast<double>(history.purchases);
    }
    return {0.0, std::log(2.0), std::log(spent / purchases)};
}

// Value and gradient with respect to the logarithms of p, q and gamma.
Slope likelihood_slope(const std::vector<SpendHistory>& spenders, const std::vector<double>& logarithms) {
    const auto parameters = from_logarithms(logarithms);
    const auto& [p, q, gamma] = parameters;
    Slope slope{0.0, {0.0, 0.0, 0.0}};
    for (const auto& history : spenders) {
        const double purchases = static_cast<double>(history.purchases);
        const double shape = p * purchases;
        const double spent = purchases * history.mean_spend;
        const double psi = digamma(shape + q);
        slope.value += log_likelihood(parameters, history);
        slope.gradient[0] += shape * (psi - digamma(shape) - std::log1p(gamma / spent));
        slope.gradient[1] += q * (psi - digamma(q) - std::log1p(spent / gamma));
        slope.gradient[2] += (q * spent - shape * gamma) / (gamma + spent);
    }
    return slope;
}

GammaGammaParameters from_logarithms(const std::vector<double>& logarithms) {
    return {std::exp(logarithms[0]), std::exp(logarithms[1]), std::exp(logarithms[2])};
}

}  // namespace
}  // namespace segmentd::rules
