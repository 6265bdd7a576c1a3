// Always-valid intervals: may be read after every customer, and stopped at any time.
//
// Asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (Annals of
// Statistics 2024; normal mixture of Robbins 1970). It is kept on the absolute scale: decided on the
// relative scale the same boundary alarms too often. It is wrong before the variance is known, so
// two arms have no interval during a burn-in.
#pragma once

#include <cstdint>
#include <optional>

#include "experiments/analysis/two_means.hpp"

namespace segmentd::experiments {

// rho that makes the interval narrowest at n_star units, by the usual approximation or exactly (by
// Lambert's W). alpha in (0, 1), n_star > 0.
double tuned_rho_approximate(double alpha, double n_star);
double tuned_rho_exact(double alpha, double n_star);

// A running mean of n units whose single unit has this variance: standard error^2 = variance / n.
struct RunningMean {
    double units = 0;  // > 0
    double variance = 0;
    double estimate = 0;
};

// Half width at level alpha: 0 for a variance of 0.
double sequence_half_width(const RunningMean& mean, double rho, double alpha);

// p of "the mean is 0" at this look, in [0, 1]; its minimum over all looks is valid too. For a
// variance of 0 it is 1 where the estimate is 0, and 0 elsewhere.
double anytime_p(const RunningMean& mean, double rho);

struct SequenceDesign {
    double alpha = 0.05;
    double n_star = 5000;  // units of both arms at which the interval is narrowest
    bool has_binary_outcome = false;
    double variance_floor = 0;  // an arm's variance is taken as at least this
};

struct AlwaysValid {
    double difference = 0;  // treatment - control
    double standard_error = 0;
    Interval interval;
    double p = 1;
    std::optional<RelativeLift> lift;  // by Fieller inversion with the same boundary: to report, not to decide
};

// The difference of two arms at this look, with n = units of both arms and variance = SE^2 n.
// Nothing is the answer "no interval yet": fewer than 50 units in an arm; for 0/1 outcomes fewer than
// 10 events or 10 non-events in all; or no variance at all. In a 0/1 arm of n units without events
// (or with nothing else) the variance is taken as 1/n.
std::optional<AlwaysValid> compare_always_valid(const ArmSummary& control, const ArmSummary& treatment,
                                                const SequenceDesign& design);

}  // namespace segmentd::experiments
