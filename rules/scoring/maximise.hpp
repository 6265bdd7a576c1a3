// Finds the highest point of a smooth function of a few variables, from its value and gradient.
//
// Damped Newton steps (Levenberg-Marquardt damping of the negative Hessian, Nocedal and Wright 2006,
// chapter 3.4); the Hessian is a central difference of the gradient, so it costs two gradients a
// variable. Deterministic. Meant for log-likelihoods of up to some ten variables of scale one, such
// as logarithms of positive parameters.
#pragma once

#include <functional>
#include <vector>

namespace segmentd::rules {

struct Slope {
    double value = 0;
    std::vector<double> gradient;  // one entry a variable
};

using SmoothFunction = std::function<Slope(const std::vector<double>& point)>;

struct Maximum {
    std::vector<double> point;
    double value = 0;
    int iterations = 0;
    // True where the surface is curved downwards and a full step would gain less than 1e-9.
    bool converged = false;
};

// Never fails: where the function has no maximum or is not finite at the start, converged is false.
// At most 500 iterations; variables stay within +-40 of zero.
Maximum maximise(const SmoothFunction& function, const std::vector<double>& start);

}  // namespace segmentd::rules
