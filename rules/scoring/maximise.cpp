#include "rules/scoring/maximise.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

namespace segmentd::rules {
namespace {

constexpr int most_iterations = 500;
constexpr double farthest = 40.0;
constexpr double negligible_gain = 1e-9;

struct Step {
    Eigen::VectorXd change;
    double gain = 0;  // what the quadratic model promises
};

Eigen::MatrixXd negative_hessian(const SmoothFunction& function, const std::vector<double>& point);
std::optional<Step> newton_step(const Eigen::MatrixXd& curvature, const Eigen::VectorXd& gradient, double damping);
std::vector<double> moved(const std::vector<double>& point, const Eigen::VectorXd& change);
Eigen::VectorXd as_vector(const std::vector<double>& values);
bool is_finite(const Slope& slope);

}  // namespace

Maximum maximise(const SmoothFunction& function, const std::vector<double>& start) {
    Maximum best{start, 0.0, 0, false};
    Slope here = function(start);
    best.value = here.value;
    double damping = 1e-3;
    while (is_finite(here) && best.iterations < most_iterations) {
        ++best.iterations;
        const Eigen::MatrixXd curvature = negative_hessian(function, best.point);
        if (!curvature.allFinite()) return best;
        const Eigen::VectorXd gradient = as_vector(here.gradient);
        const auto full = newton_step(curvature, gradient, 0.0);
        best.converged = full && full->gain < negligible_gain;
        bool has_moved = false;
        while (!has_moved && damping < 1e12) {
            const auto step = newton_step(curvature, gradient, damping);
            if (step) {
                const auto there = moved(best.point, step->change);
                Slope next = function(there);
                if (is_finite(next) && next.value > here.value) {
                    best.point = there;
                    best.value = next.value;
                    here = std::move(next);
                    has_moved = true;
                }
            }
            damping = has_moved ? std::max(damping / 10.0, 1e-9) : damping * 4.0;
        }
        if (best.converged || !has_moved) return best;
    }
    return best;
}

namespace {

Eigen::MatrixXd negative_hessian(const SmoothFunction& function, const std::vector<double>& point) {
    constexpr double width = 1e-4;
    const auto size = static_cast<Eigen::Index>(point.size());
    Eigen::MatrixXd hessian(size, size);
    for (Eigen::Index variable = 0; variable < size; ++variable) {
        auto shifted = point;
        shifted[static_cast<std::size_t>(variable)] += width;
        const Eigen::VectorXd after = as_vector(function(shifted).gradient);
        shifted[static_cast<std::size_t>(variable)] -= 2.0 * width;
        hessian.col(variable) = (after - as_vector(function(shifted).gradient)) / (2.0 * width);
    }
    return -0.5 * (hessian + hessian.transpose());
}

// Nothing where the damped surface is not curved downwards.
std::optional<Step> newton_step(const Eigen::MatrixXd& curvature, const Eigen::VectorXd& gradient, double damping) {
    const double scale = std::max(curvature.diagonal().cwiseAbs().maxCoeff(), 1e-12);
    const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(curvature.rows(), curvature.cols());
    const Eigen::LLT<Eigen::MatrixXd> factors(curvature + damping * scale * identity);
    if (factors.info() != Eigen::Success) return std::nullopt;
    Step step;
    step.change = factors.solve(gradient);
    if (!step.change.allFinite()) return std::nullopt;
    step.gain = 0.5 * gradient.dot(step.change);
    return step;
}

// A step is at most 2 long, so that one bad quadratic model cannot throw the search away.
std::vector<double> moved(const std::vector<double>& point, const Eigen::VectorXd& change) {
    const double shrink = std::min(1.0, 2.0 / std::max(change.norm(), 1e-300));
    auto result = point;
    for (std::size_t i = 0; i < point.size(); ++i) {
        result[i] = std::clamp(point[i] + shrink * change[static_cast<Eigen::Index>(i)], -farthest, farthest);
    }
    return result;
}

Eigen::VectorXd as_vector(const std::vector<double>& values) {
    return Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size()));
}

bool is_finite(const Slope& slope) {
    return std::isfinite(slope.value) &&
           std::all_of(slope.gradient.begin(), slope.gradient.end(), [](double part) { return std::isfinite(part); });
}

}  // namespace
}  // namespace segmentd::rules
