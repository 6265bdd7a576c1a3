// BG/NBD: how often a customer will buy again, and whether they still are a customer.
//
// Model of Fader, Hardie and Lee 2005 ("Counting your customers" the easy way, Marketing Science
// 24(2)): while alive a customer buys as a Poisson process whose rate is gamma(r, alpha) over
// customers; after each repeat purchase they leave for good with a probability that is beta(a, b).
// alpha is in the time unit of the rows (usually weeks); r, a and b have no unit.
#pragma once

#include <cstdint>
#include <span>

#include "base/result.hpp"

namespace segmentd::rules {

struct BgNbdParameters {
    double r = 0;
    double alpha = 0;
    double a = 0;
    double b = 0;
};

// One customer's purchases, times measured from the first purchase, which is not counted.
struct PurchaseHistory {
    std::int64_t repeats = 0;  // x: repeat purchases; zero or more
    double last_repeat = 0;    // t_x: time of the last repeat; 0 where there is none
    double observed = 0;       // T: length of the observation; not below last_repeat
};

struct BgNbdFit {
    BgNbdParameters parameters;
    double log_likelihood = 0;
    std::int64_t customers = 0;
    int iterations = 0;
    bool converged = false;  // always true in a result; said for the record of the fit
};

// Below, parameters must be positive and finite and a history must be as its comments say;
// fit_bg_nbd checks that, the other functions rely on it (is_valid tells). No result is NaN.
bool is_valid(const PurchaseHistory& history);

// Logarithm of the likelihood of one customer (equation 6 of the paper), free of overflow.
double log_likelihood(const BgNbdParameters& parameters, const PurchaseHistory& history);

// Probability that the customer has not left. 1 without a repeat purchase: one can leave only after one.
double alive_probability(const BgNbdParameters& parameters, const PurchaseHistory& history);

// Expected purchases in (T, T + horizon] (equation 10). The hypergeometric function of the paper is
// summed in a form without cancellation, so every horizon and a = 1 are exact to about 1e-12
// relative. A horizon of zero or less expects 0.
double expected_purchases(const BgNbdParameters& parameters, const PurchaseHistory& history, double horizon);

// Expected repeat purchases of a customer within the horizon after the first purchase (equation 9).
double expected_new_customer(const BgNbdParameters& parameters, double horizon);

// Maximum likelihood from a start that depends on the data alone. Errors: an impossible row, fewer
// than 10 customers with a repeat purchase, or data that do not determine the four parameters (a
// parameter runs away to zero or infinity).
Result<BgNbdFit> fit_bg_nbd(std::span<const PurchaseHistory> customers);

}  // namespace segmentd::rules
