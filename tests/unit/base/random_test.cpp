#include "base/random.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

namespace segmentd {
namespace {

struct Moments {
    double mean = 0;
    double variance = 0;
};

Moments moments_of(const std::function<double()>& draw) {
    constexpr int draws = 200'000;
    double sum = 0.0;
    double squares = 0.0;
    for (int i = 0; i < draws; ++i) {
        const double value = draw();
        sum += value;
        squares += value * value;
    }
    const double mean = sum / draws;
    return {mean, squares / draws - mean * mean};
}

// Five standard errors of a mean over 200,000 draws; the variance within 3 %.
void check_moments(const std::function<double()>& draw, const Moments& expected) {
    const auto found = moments_of(draw);
    CHECK(found.mean == Approx(expected.mean).margin(5.0 * std::sqrt(expected.variance / 200'000)));
    CHECK(found.variance == Approx(expected.variance).epsilon(0.03));
}

TEST_CASE("a seed and a name give the same numbers for ever") {
    Random pilot(1, "pilot");
    CHECK(pilot.next() == 17770273749821243693u);
    CHECK(pilot.next() == 2032545911905305290u);
    CHECK(pilot.next() == 6673748907930152755u);

    CHECK(Random(1, "other").next() == 13234952125509604576u);
    CHECK(Random(2, "pilot").next() == 18038852356044322283u);
    CHECK(Random(1, "pilot").uniform() == Approx(0.9633284702609162).epsilon(1e-15));
}

TEST_CASE("a copy repeats the numbers") {
    Random first(5, "copy");
    Random second = first;

    CHECK(first.normal() == Approx(second.normal()).epsilon(0));
    CHECK(first.next() == second.next());
}

TEST_CASE("uniform numbers and small integers are evenly spread") {
    Random random(7, "spread");
    check_moments([&] { return random.uniform(); }, {0.5, 1.0 / 12.0});

    std::array<int, 3> counts{};
    for (int i = 0; i < 30'000; ++i) ++counts[random.below(3)];
    for (const int count : counts) CHECK(std::abs(count - 10'000) < 410);  // five standard deviations
    CHECK(random.below(1) == 0);
}

TEST_CASE("continuous draws have the moments of their distribution") {
    Random random(11, "continuous");
    check_moments([&] { return random.normal(); }, {0.0, 1.0});
    check_moments([&] { return random.exponential(2.0); }, {0.5, 0.25});
    check_moments([&] { return random.gamma(3.0, 2.0); }, {1.5, 0.75});
    check_moments([&] { return random.gamma(0.3, 1.0); }, {0.3, 0.3});
    check_moments([&] { return random.beta(2.0, 3.0); }, {0.4, 0.04});
}

TEST_CASE("discrete draws have the moments of their distribution") {
    Random random(13, "discrete");
    const auto number = [](auto draw) { return static_cast<double>(draw); };
    check_moments([&] { return number(random.bernoulli(0.2)); }, {0.2, 0.16});
    check_moments([&] { return number(random.poisson(0.7)); }, {0.7, 0.7});
    check_moments([&] { return number(random.poisson(90.0)); }, {90.0, 90.0});
    check_moments([&] { return number(random.geometric(0.25)); }, {3.0, 12.0});
    check_moments([&] { return number(random.binomial(1000, 0.05)); }, {50.0, 47.5});
}

TEST_CASE("the borders of the distributions are exact") {
    Random random(17, "borders");
    for (int i = 0; i < 1000; ++i) {
        REQUIRE_FALSE(random.bernoulli(0.0));
        REQUIRE(random.bernoulli(1.0));
        REQUIRE(random.geometric(1.0) == 0);
        REQUIRE(random.poisson(0.0) == 0);
        REQUIRE(random.binomial(100, 0.0) == 0);
        REQUIRE(random.binomial(100, 1.0) == 100);
    }
}

TEST_CASE("the first normal and gamma draws are fixed to the last bit") {
    Random random(1, "pilot");
    const double normal = random.normal();
    const double gamma = random.gamma(0.5, 1.0);

    CAPTURE(normal, gamma);
    CHECK(normal == Approx(-1.3827793465117726).epsilon(0));
    CHECK(gamma == Approx(0.57473305819045772).epsilon(0));
}

}  // namespace
}  // namespace segmentd
