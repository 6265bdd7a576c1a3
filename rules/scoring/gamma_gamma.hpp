// Gamma-Gamma: how much a customer spends at a purchase.
//
// Model of Fader, Hardie and Lee 2005 (RFM and CLV, Journal of Marketing Research 42; note "The
// Gamma-Gamma model of monetary value", 2013): each spend is gamma(p, v) and v is gamma(q, gamma)
// over customers, independent of how often they buy. gamma has the unit of money.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/result.hpp"

namespace segmentd::rules {

struct GammaGammaParameters {
    double p = 0;
    double q = 0;
    double gamma = 0;
};

struct SpendHistory {
    std::int64_t purchases = 0;  // the purchases that mean_spend is the mean of
    double mean_spend = 0;       // in major units of one currency; unused where purchases is 0
};

struct GammaGammaFit {
    GammaGammaParameters parameters;
    double log_likelihood = 0;
    std::int64_t customers = 0;  // those with a purchase
    int iterations = 0;
    bool converged = false;  // always true in a result
};

// Logarithm of the density of the mean spend (equation 1a of the note). Needs purchases >= 1 and a
// positive mean spend.
double log_likelihood(const GammaGammaParameters& parameters, const SpendHistory& history);

// Mean of one customer's next spend; for a customer without purchases the population mean. Nothing
// where it is infinite (p x + q <= 1).
std::optional<double> expected_spend(const GammaGammaParameters& parameters, const SpendHistory& history);

// Mean spend over the population; nothing where it is infinite (q <= 1).
std::optional<double> population_spend(const GammaGammaParameters& parameters);

// Maximum likelihood from a start that depends on the data alone. Customers without purchases are
// left out. Errors: a mean spend that is not positive and finite, a negative count, fewer than 10
// customers with purchases, or data that do not determine the parameters.
Result<GammaGammaFit> fit_gamma_gamma(std::span<const SpendHistory> customers);

}  // namespace segmentd::rules
