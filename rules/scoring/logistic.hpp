// Logistic regression with an optional ridge penalty, and the reasons of one score.
//
// Minimises the sum of the log losses + ridge/2 * |w|^2 over the coefficients w; the intercept is
// never penalised. Solved by iteratively reweighted least squares with step halving (McCullagh and
// Nelder 1989, chapter 2.5), from zero, so equal data give an equal model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace segmentd::rules {

// One row a customer; values row by row, so values.size() == outcomes.size() * columns.
struct LogisticData {
    std::size_t columns = 0;
    std::vector<double> values;  // finite: a missing value must be filled in before
    std::vector<bool> outcomes;  // true where the event happened
};

// Whether the penalty acts on coefficients per standard deviation of a feature (the usual choice
// for features of different units) or per unit of the feature.
enum class PenaltyScale { per_standard_deviation, per_unit };

struct LogisticOptions {
    double ridge = 1.0;  // zero or more; 0 is plain maximum likelihood
    PenaltyScale scale = PenaltyScale::per_standard_deviation;
};

struct LogisticModel {
    double intercept = 0;
    std::vector<double> coefficients;     // per unit of the feature, whatever the penalty scale was
    std::vector<double> reference_means;  // of the features in the fitted data
};

struct LogisticFit {
    LogisticModel model;
    std::vector<double> standard_errors;  // intercept first; from the (penalised) information matrix
    double log_likelihood = 0;            // without the penalty
    std::int64_t customers = 0;
    int iterations = 0;
    bool converged = false;  // always true in a result
};

// Why a customer has this score, measured from a customer of average features.
struct Reasons {
    double base_log_odds = 0;           // of a customer at the reference means
    std::vector<double> contributions;  // coefficient * (value - reference mean), feature by feature
};

// Errors: sizes that do not fit, values that are not finite, only one kind of outcome, a negative
// ridge, or no finite optimum (without a ridge: features that separate the outcomes or that repeat
// each other). A constant feature gets the coefficient 0 with PenaltyScale::per_standard_deviation.
Result<LogisticFit> fit_logistic(const LogisticData& data, const LogisticOptions& options);

// values has one finite entry a coefficient, in order.
Reasons reasons(const LogisticModel& model, std::span<const double> values);

// base_log_odds plus the contributions, added in order: exactly what reasons adds up to. It equals
// intercept + sum of coefficient * value up to rounding.
double log_odds(const LogisticModel& model, std::span<const double> values);

// 1 / (1 + exp(-log_odds)), in [0, 1].
double predict_probability(const LogisticModel& model, std::span<const double> values);

}  // namespace segmentd::rules
