#include "experiments/analysis/distributions.hpp"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/lambert_w.hpp>
#include <cmath>

namespace segmentd::experiments {
namespace {

namespace math = boost::math;
using InDouble = math::policies::policy<math::policies::promote_double<false>>;
using Normal = math::normal_distribution<double, InDouble>;
using Student = math::students_t_distribution<double, InDouble>;
using ChiSquared = math::chi_squared_distribution<double, InDouble>;

}  // namespace

double normal_quantile(double probability) {
    return math::quantile(Normal(), probability);
}

double normal_two_sided_p(double z) {
    return 2.0 * math::cdf(math::complement(Normal(), std::fabs(z)));
}

double student_quantile(double probability, double degrees) {
    return math::quantile(Student(degrees), probability);
}

double student_two_sided_p(double t, double degrees) {
    return 2.0 * math::cdf(math::complement(Student(degrees), std::fabs(t)));
}

double chi_squared_upper_p(double statistic, double degrees) {
    return math::cdf(math::complement(ChiSquared(degrees), statistic));
}

double lambert_w_minus_one(double value) {
    return math::lambert_wm1(value, InDouble());
}

}  // namespace segmentd::experiments
