#include "rules/scoring/logistic.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace segmentd::rules {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::VectorXd;

constexpr int most_iterations = 100;

// Features on the scale of the penalty, with a first column of ones.
struct Problem {
    Matrix design;
    Vector outcomes;
    Vector penalty;  // one entry a column; 0 for the intercept
    Vector means;    // of the features, without the column of ones
    Vector scales;   // what a feature was divided by; 0 for a constant feature
};

struct Solution {
    Vector weights;
    Matrix covariance;
    double log_likelihood = 0;
    int iterations = 0;
};

Result<void> check(const LogisticData& data, const LogisticOptions& options);
Problem pose(const LogisticData& data, const LogisticOptions& options);
Result<Solution> solve(const Problem& problem);
LogisticFit translate(const Problem& problem, const Solution& solution);
double log_likelihood_of(const Problem& problem, const Vector& weights);
double objective(const Problem& problem, const Vector& weights);
bool is_separated(const Problem& problem, const Vector& weights);
double probability_of(double odds);

}  // namespace

Result<LogisticFit> fit_logistic(const LogisticData& data, const LogisticOptions& options) {
    const auto checked = check(data, options);
    if (!checked) return fail(checked.error());
    const Problem problem = pose(data, options);
    TRY(solution, solve(problem));
    return translate(problem, solution);
}

Reasons reasons(const LogisticModel& model, std::span<const double> values) {
    assert(values.size() == model.coefficients.size() && "a score needs one value a feature");
    Reasons result;
    result.base_log_odds = model.intercept;
    for (std::size_t i = 0; i < values.size(); ++i) {
        result.base_log_odds += model.coefficients[i] * model.reference_means[i];
        result.contributions.push_back(model.coefficients[i] * (values[i] - model.reference_means[i]));
    }
    return result;
}

double log_odds(const LogisticModel& model, std::span<const double> values) {
    const Reasons parts = reasons(model, values);
    double sum = parts.base_log_odds;
    for (const double contribution : parts.contributions) sum += contribution;
    return sum;
}

double predict_probability(const LogisticModel& model, std::span<const double> values) {
    return probability_of(log_odds(model, values));
}

namespace {

Result<void> check(const LogisticData& data, const LogisticOptions& options) {
    if (data.values.size() != data.outcomes.size() * data.columns) {
        return fail(ErrorCode::invalid, "a logistic model needs one value a customer and feature");
    }
    if (!std::all_of(data.values.begin(), data.values.end(), [](double value) { return std::isfinite(value); })) {
        return fail(ErrorCode::invalid, "a logistic model needs finite values", "fill in missing values first");
    }
    if (!(options.ridge >= 0.0) || !std::isfinite(options.ridge)) {
        return fail(ErrorCode::invalid, "a ridge penalty must be zero or more");
    }
    const auto events = std::count(data.outcomes.begin(), data.outcomes.end(), true);
    if (events == 0 || events == std::ssize(data.outcomes)) {
        return fail(ErrorCode::invalid, "a logistic model needs customers with and without the outcome");
    }
    return {};
}

// Features are always centred: it leaves the optimum as it is and makes the equations well behaved.
Problem pose(const LogisticData& data, const LogisticOptions& options) {
    const auto rows = static_cast<Eigen::Index>(data.outcomes.size());
    const auto columns = static_cast<Eigen::Index>(data.columns);
    const Eigen::Map<const Matrix> features(data.values.data(), rows, columns);
    Problem problem;
    problem.means = features.colwise().mean();
    problem.scales = Vector::Ones(columns);
    problem.design = Matrix::Ones(rows, columns + 1);
    problem.outcomes = Vector::Zero(rows);
    problem.penalty = Vector::Constant(columns + 1, options.ridge);
    problem.penalty[0] = 0.0;
    for (Eigen::Index row = 0; row < rows; ++row) {
        problem.outcomes[row] = data.outcomes[static_cast<std::size_t>(row)] ? 1.0 : 0.0;
    }
    for (Eigen::Index column = 0; column < columns; ++column) {
        Vector centred = features.col(column).array() - problem.means[column];
        if (options.scale == PenaltyScale::per_standard_deviation) {
            const double deviation = std::sqrt(centred.squaredNorm() / static_cast<double>(rows));
            const bool is_constant = deviation <= 1e-12 * std::max(1.0, std::fabs(problem.means[column]));
            problem.scales[column] = is_constant ? 0.0 : deviation;
            if (is_constant) {
                centred.setZero();
                problem.penalty[column + 1] = std::max(options.ridge, 1.0);  // keeps the equations solvable
            } else {
                centred /= deviation;
            }
        }
        problem.design.col(column + 1) = centred;
    }
    return problem;
}

Result<Solution> solve(const Problem& problem) {
    const auto no_optimum = [] {
        return fail(ErrorCode::invalid, "the data do not determine a logistic model",
                    "add a ridge penalty; a feature may separate the outcomes or repeat another one");
    };
    Solution solution;
    solution.weights = Vector::Zero(problem.design.cols());
    double loss = objective(problem, solution.weights);
    for (solution.iterations = 1; solution.iterations <= most_iterations; ++solution.iterations) {
        const Vector fitted = (problem.design * solution.weights).unaryExpr(&probability_of);
        const Vector slope =
            problem.design.transpose() * (problem.outcomes - fitted) - problem.penalty.cwiseProduct(solution.weights);
        const Vector spread = (fitted.array() * (1.0 - fitted.array())).matrix();
        Matrix information = problem.design.transpose() * spread.asDiagonal() * problem.design;
        information.diagonal() += problem.penalty;
        const Eigen::LLT<Matrix> factors(information);
        if (factors.info() != Eigen::Success || factors.rcond() < 1e-13) return no_optimum();
        Vector step = factors.solve(slope);
        if (0.5 * slope.dot(step) < 1e-15 * std::max(1.0, loss)) {
            solution.weights += step;
            if (is_separated(problem, solution.weights)) return no_optimum();
            solution.covariance = factors.solve(Matrix::Identity(information.rows(), information.cols()));
            solution.log_likelihood = log_likelihood_of(problem, solution.weights);
            return solution;
        }
        double next_loss = objective(problem, solution.weights + step);
        for (int halving = 0; halving < 30 && !(next_loss <= loss * (1.0 + 1e-14)); ++halving) {
            step *= 0.5;
            next_loss = objective(problem, solution.weights + step);
        }
        solution.weights += step;
        loss = next_loss;
    }
    return no_optimum();
}

// Back from centred and scaled features to features as they are.
LogisticFit translate(const Problem& problem, const Solution& solution) {
    const Eigen::Index columns = problem.means.size();
    Matrix change = Matrix::Zero(columns + 1, columns + 1);
    change(0, 0) = 1.0;
    for (Eigen::Index column = 0; column < columns; ++column) {
        const double factor = problem.scales[column] > 0.0 ? 1.0 / problem.scales[column] : 0.0;
        change(column + 1, column + 1) = factor;
        change(0, column + 1) = -problem.means[column] * factor;
    }
    const Vector weights = change * solution.weights;
    const Vector variances = (change * solution.covariance * change.transpose()).diagonal();
    LogisticFit fit;
    fit.model.intercept = weights[0];
    fit.model.coefficients.assign(weights.begin() + 1, weights.end());
    fit.model.reference_means.assign(problem.means.begin(), problem.means.end());
    for (const double variance : variances) fit.standard_errors.push_back(std::sqrt(std::max(variance, 0.0)));
    fit.log_likelihood = solution.log_likelihood;
    fit.customers = problem.outcomes.size();
    fit.iterations = solution.iterations;
    fit.converged = true;
    return fit;
}

double log_likelihood_of(const Problem& problem, const Vector& weights) {
    const Vector odds = problem.design * weights;
    double sum = 0.0;
    for (Eigen::Index row = 0; row < odds.size(); ++row) {
        const double against = problem.outcomes[row] > 0.5 ? -odds[row] : odds[row];
        sum -= std::max(against, 0.0) + std::log1p(std::exp(-std::fabs(against)));
    }
    return sum;
}

double objective(const Problem& problem, const Vector& weights) {
    const double penalty = 0.5 * problem.penalty.dot(weights.cwiseProduct(weights));
    return penalty - log_likelihood_of(problem, weights);
}

// Without a penalty, separated outcomes drive the odds to infinity until no step gains anything.
bool is_separated(const Problem& problem, const Vector& weights) {
    const bool has_penalty = problem.penalty.tail(problem.penalty.size() - 1).minCoeff() > 0.0;
    return !has_penalty && (problem.design * weights).cwiseAbs().maxCoeff() > 25.0;
}

double probability_of(double odds) {
    return 1.0 / (1.0 + std::exp(-odds));
}

}  // namespace
}  // namespace segmentd::rules
