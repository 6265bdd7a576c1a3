// The distributions that tests and intervals are read from; computed by Boost.Math in double.
#pragma once

namespace segmentd::experiments {

// The point below which the standard normal lies with this probability, in (0, 1).
double normal_quantile(double probability);

// P(|Z| >= |z|) for a standard normal Z; precise far out in the tails.
double normal_two_sided_p(double z);

// The same two for Student's t; degrees of freedom > 0, not necessarily whole.
double student_quantile(double probability, double degrees);
double student_two_sided_p(double t, double degrees);

// P(X >= statistic) for a chi-square X; statistic >= 0, degrees > 0.
double chi_squared_upper_p(double statistic, double degrees);

// The branch of w exp(w) = value with w <= -1; value in [-1/e, 0).
double lambert_w_minus_one(double value);

}  // namespace segmentd::experiments
