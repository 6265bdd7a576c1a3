// Two means: the difference treatment - control, read once, and the relative lift.
//
// Welch's t (Welch 1947), Fieller's interval of a ratio (Fieller 1954).
#pragma once

#include <cstdint>
#include <optional>

namespace segmentd::experiments {

// What is kept of one arm's outcomes: enough for every test of means.
struct ArmSummary {
    std::int64_t units = 0;
    double mean = 0;
    double variance = 0;  // divisor units - 1
};

struct Interval {
    double lower = 0;
    double upper = 0;
};

struct TwoMeans {
    double difference = 0;  // treatment - control
    double standard_error = 0;
    double degrees_of_freedom = 0;
    double t = 0;
    double p = 1;       // two-sided
    Interval interval;  // of the difference, at confidence 1 - alpha
};

// sqrt(s2_t/n_t + s2_c/n_c). Nothing where an arm has fewer than two units or both variances are 0.
std::optional<double> standard_error_of_difference(const ArmSummary& control, const ArmSummary& treatment);

// Nothing where there is no standard error: no unit varied, so no test says anything. alpha in (0, 1).
std::optional<TwoMeans> compare_means(const ArmSummary& control, const ArmSummary& treatment, double alpha);

struct RelativeLift {
    double estimate = 0;               // mean_t / mean_c - 1
    std::optional<Interval> interval;  // nothing where the control mean may be zero
};

// All lifts L with |mean_t - (1+L) mean_c| <= multiplier * standard error of that difference. The
// multiplier is a normal quantile for one look, or half width / standard error of an always-valid
// interval. Nothing where the control mean is not positive or an arm has fewer than two units.
std::optional<RelativeLift> relative_lift(const ArmSummary& control, const ArmSummary& treatment, double multiplier);

}  // namespace segmentd::experiments
