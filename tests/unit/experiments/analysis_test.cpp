#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>

#include "experiments/analysis/confidence_sequence.hpp"
#include "experiments/analysis/distributions.hpp"
#include "experiments/analysis/proportions.hpp"
#include "experiments/analysis/sample_ratio.hpp"
#include "experiments/analysis/two_means.hpp"

namespace segmentd::experiments {
namespace {

TEST_CASE("quantiles and tails are those of the tables") {
    CHECK(normal_quantile(0.975) == Approx(1.959963984540054).epsilon(1e-12));
    CHECK(normal_two_sided_p(-1.959963984540054) == Approx(0.05).epsilon(1e-12));
    CHECK(student_quantile(0.975, 10) == Approx(2.228138851964939).epsilon(1e-10));
    CHECK(chi_squared_upper_p(3.841458820694124, 1) == Approx(0.05).epsilon(1e-10));
    const double w = lambert_w_minus_one(-0.1);
    CHECK(w == Approx(-3.577152063957297).epsilon(1e-12));
    CHECK(w * std::exp(w) == Approx(-0.1).epsilon(1e-12));
}

TEST_CASE("arms of equal size and spread give Student's test") {
    const auto result = compare_means({10, 5.0, 4.0}, {10, 7.0, 4.0}, 0.05);

    REQUIRE(result);
    CHECK(result->difference == Approx(2.0));
    CHECK(result->standard_error == Approx(std::sqrt(0.8)));
    CHECK(result->degrees_of_freedom == Approx(18.0));
    CHECK(result->p == Approx(student_two_sided_p(2.0 / std::sqrt(0.8), 18.0)));
    CHECK(result->interval.lower == Approx(2.0 - student_quantile(0.975, 18.0) * std::sqrt(0.8)));
}

TEST_CASE("two means without units or without spread give no answer") {
    CHECK_FALSE(compare_means({1, 5.0, 0.0}, {10, 7.0, 4.0}, 0.05));
    CHECK_FALSE(compare_means({0, 0.0, 0.0}, {0, 0.0, 0.0}, 0.05));
    CHECK_FALSE(compare_means({10, 5.0, 0.0}, {10, 7.0, 0.0}, 0.05));
    CHECK(compare_means({10, 5.0, 0.0}, {10, 7.0, 1.0}, 0.05)->degrees_of_freedom == Approx(9.0));
}

TEST_CASE("the ends of Fieller's interval are just compatible with the data") {
    const ArmSummary control{400, 10.0, 25.0};
    const ArmSummary treatment{500, 11.0, 36.0};
    const auto lift = relative_lift(control, treatment, 1.96);

    REQUIRE(lift);
    REQUIRE(lift->interval);
    CHECK(lift->estimate == Approx(0.1));
    for (const double end : {lift->interval->lower, lift->interval->upper}) {
        const double distance = treatment.mean - (1.0 + end) * control.mean;
        const double error = std::sqrt(36.0 / 500 + (1.0 + end) * (1.0 + end) * 25.0 / 400);
        CHECK(std::fabs(distance) == Approx(1.96 * error).epsilon(1e-10));
    }
}

TEST_CASE("a control mean that may be zero bounds no lift") {
    CHECK_FALSE(relative_lift({100, 0.1, 1.0}, {100, 0.2, 1.0}, 1.96)->interval);
    CHECK_FALSE(relative_lift({100, 0.0, 0.0}, {100, 0.2, 1.0}, 1.96));
    CHECK_FALSE(relative_lift({100, -2.0, 1.0}, {100, 0.2, 1.0}, 1.96));
}

TEST_CASE("two proportions give the published z of the cookie cats test") {
    const auto result = compare_proportions({20034, 44700}, {20119, 45489});

    REQUIRE(result);
    CHECK(result->z == Approx(-1.78408622479746).epsilon(1e-10));
    CHECK(result->p == Approx(0.0744096552969201).epsilon(1e-10));
}

TEST_CASE("proportions without events or without others give no answer") {
    CHECK_FALSE(compare_proportions({0, 100}, {0, 100}));
    CHECK_FALSE(compare_proportions({100, 100}, {100, 100}));
    CHECK_FALSE(compare_proportions({0, 0}, {5, 100}));
}

TEST_CASE("sample ratios are checked against relative weights") {
    const std::array<std::int64_t, 2> counts{50500, 49500};
    const std::array<double, 2> weights{1.0, 1.0};
    const auto result = check_sample_ratio(counts, weights);

    REQUIRE(result);
    CHECK(result->statistic == Approx(10.0));
    CHECK(result->p == Approx(0.001565402258002549).epsilon(1e-10));
}

TEST_CASE("sample ratios of degenerate designs are defined") {
    const std::array<std::int64_t, 3> nobody{0, 0, 0};
    const std::array<std::int64_t, 3> strays{50, 50, 1};
    const std::array<double, 3> weights{0.5, 0.5, 0.0};
    const std::array<double, 3> lonely{1.0, 0.0, 0.0};

    CHECK(check_sample_ratio(nobody, weights)->p == Approx(1.0));
    CHECK(check_sample_ratio(strays, weights)->p == Approx(0.0).margin(0));
    CHECK_FALSE(check_sample_ratio(strays, lonely));
    CHECK_FALSE(check_sample_ratio(strays, std::array<double, 2>{0.5, 0.5}));
}

TEST_CASE("the interval is narrowest near the units it is tuned for") {
    const auto relative_width = [](double units, double rho) {
        return sequence_half_width({units, 1.0, 0.0}, rho, 0.05) * std::sqrt(units);
    };
    const double tuned = tuned_rho_exact(0.05, 5000);
    CHECK(relative_width(5000, tuned) < relative_width(5000, 1.1 * tuned));
    CHECK(relative_width(5000, tuned) < relative_width(5000, 0.9 * tuned));
    CHECK(tuned_rho_approximate(0.05, 5000) == Approx(0.03984006677137368).epsilon(1e-12));
    CHECK(tuned == Approx(0.04052645570998839).epsilon(1e-10));
}

TEST_CASE("the anytime p crosses alpha where the interval crosses zero") {
    const double rho = tuned_rho_approximate(0.05, 5000);
    RunningMean mean{3000, 2.0, 0.0};
    mean.estimate = sequence_half_width(mean, rho, 0.05);

    CHECK(anytime_p(mean, rho) == Approx(0.05).epsilon(1e-10));
    CHECK(anytime_p({3000, 2.0, 0.0}, rho) == Approx(1.0));
    CHECK(anytime_p({3000, 0.0, 0.0}, rho) == Approx(1.0));
    CHECK(anytime_p({3000, 0.0, 0.1}, rho) == Approx(0.0).margin(0));
}

TEST_CASE("two arms have no interval before the variance is known") {
    const SequenceDesign rates{0.05, 5000, true, 0.0};
    const SequenceDesign values{0.05, 5000, false, 0.0};

    CHECK_FALSE(compare_always_valid({49, 0.5, 0.25}, {500, 0.5, 0.25}, values));
    CHECK_FALSE(compare_always_valid({500, 0.008, 0.0079}, {500, 0.01, 0.0099}, rates));
    CHECK_FALSE(compare_always_valid({500, 0.992, 0.0079}, {500, 0.99, 0.0099}, rates));
    CHECK_FALSE(compare_always_valid({500, 3.0, 0.0}, {500, 3.0, 0.0}, values));
    CHECK(compare_always_valid({500, 0.01, 0.0099}, {500, 0.01, 0.0099}, rates));
}

TEST_CASE("two arms use n of both and the variance of their difference") {
    const ArmSummary control{2500, 1.0, 2.0};
    const ArmSummary treatment{2500, 1.1, 2.4};
    const auto result = compare_always_valid(control, treatment, {0.05, 5000, false, 0.0});

    REQUIRE(result);
    const double error = std::sqrt(4.4 / 2500);
    const double rho = tuned_rho_approximate(0.05, 5000);
    const double half_width = sequence_half_width({5000, error * error * 5000, 0.1}, rho, 0.05);
    CHECK(result->difference == Approx(0.1));
    CHECK(result->interval.upper == Approx(0.1 + half_width).epsilon(1e-12));
    CHECK(result->lift->interval->lower < 0.1);
}

TEST_CASE("the variance floor keeps an arm without events uncertain") {
    const SequenceDesign rates{0.05, 5000, true, 0.0};
    const auto result = compare_always_valid({60, 0.0, 0.0}, {5000, 0.01, 0.0099}, rates);

    REQUIRE(result);
    CHECK(result->standard_error == Approx(std::sqrt(1.0 / 60 / 60 + 0.0099 / 5000)).epsilon(1e-12));
}

}  // namespace
}  // namespace segmentd::experiments
