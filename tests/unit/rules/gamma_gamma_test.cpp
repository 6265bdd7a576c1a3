#include "rules/scoring/gamma_gamma.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "base/random.hpp"

namespace segmentd::rules {
namespace {

const GammaGammaParameters cdnow{6.25, 3.74, 15.44};

std::vector<SpendHistory> simulate(const GammaGammaParameters& model, int customers, Random& random) {
    std::vector<SpendHistory> histories;
    for (int i = 0; i < customers; ++i) {
        const double rate = random.gamma(model.q, model.gamma);
        const auto purchases = 1 + random.poisson(1.5);
        const double spent = random.gamma(model.p * static_cast<double>(purchases), rate);
        histories.push_back({purchases, spent / static_cast<double>(purchases)});
    }
    return histories;
}

TEST_CASE("one customer's density and expected spend are those of the closed forms") {
    CHECK(log_likelihood(cdnow, {2, 22.35}) == Approx(-3.551316759731698).epsilon(1e-12));
    CHECK(*expected_spend(cdnow, {2, 22.35}) == Approx(24.663713910761153).epsilon(1e-13));
    CHECK(*population_spend(cdnow) == Approx(35.21897810218978).epsilon(1e-13));
}

TEST_CASE("a customer without purchases is expected to spend like the population") {
    CHECK(*expected_spend(cdnow, {0, 0.0}) == Approx(*population_spend(cdnow)).epsilon(0));
}

TEST_CASE("a mean that is infinite is not named") {
    CHECK_FALSE(population_spend({2.0, 1.0, 15.0}));
    CHECK_FALSE(expected_spend({0.1, 0.5, 15.0}, {1, 20.0}));
    CHECK(expected_spend({2.0, 1.0, 15.0}, {1, 20.0}));
}

TEST_CASE("four thousand simulated spenders give their parameters back") {
    Random random(20240502, "gamma_gamma");
    const GammaGammaParameters truth{6.0, 4.0, 15.0};
    const auto customers = simulate(truth, 4000, random);

    const auto fit = fit_gamma_gamma(customers);

    REQUIRE(fit);
    CAPTURE(fit->parameters.p, fit->parameters.q, fit->parameters.gamma);
    CHECK(fit->customers == 4000);
    CHECK(fit->parameters.p == Approx(truth.p).epsilon(0.20));
    CHECK(fit->parameters.q == Approx(truth.q).epsilon(0.20));
    CHECK(*population_spend(fit->parameters) == Approx(30.0).epsilon(0.03));
    double likelihood_of_truth = 0.0;
    for (const auto& customer : customers) likelihood_of_truth += log_likelihood(truth, customer);
    CHECK(fit->log_likelihood > likelihood_of_truth);
    CHECK(fit->log_likelihood < likelihood_of_truth + 10.0);  // twice the gain is chi-square with 3 degrees
}

TEST_CASE("the currency's size does not change what is learned") {
    Random random(5, "currency");
    auto customers = simulate({6.0, 4.0, 15.0}, 1000, random);
    const auto small = fit_gamma_gamma(customers);
    for (auto& customer : customers) customer.mean_spend *= 1000.0;
    const auto large = fit_gamma_gamma(customers);

    REQUIRE(small);
    REQUIRE(large);
    CHECK(large->parameters.p == Approx(small->parameters.p).epsilon(1e-6));
    CHECK(large->parameters.gamma == Approx(1000.0 * small->parameters.gamma).epsilon(1e-6));
}

TEST_CASE("customers without purchases are left out of the fit") {
    Random random(5, "currency");
    auto customers = simulate({6.0, 4.0, 15.0}, 1000, random);
    customers.resize(1200);

    CHECK(fit_gamma_gamma(customers)->customers == 1000);
}

TEST_CASE("spends that cannot be or say nothing are refused") {
    std::vector<SpendHistory> customers(20, SpendHistory{2, 10.0});
    CHECK(fit_gamma_gamma(customers).error().message == "the spends do not determine a Gamma-Gamma model");
    CHECK_FALSE(fit_gamma_gamma(std::vector<SpendHistory>(9, SpendHistory{2, 10.0})));
    for (const auto& history :
         {SpendHistory{1, 0.0}, SpendHistory{1, -3.0}, SpendHistory{1, std::nan("")}, SpendHistory{-1, 3.0}}) {
        auto broken = customers;
        broken.push_back(history);
        CHECK(fit_gamma_gamma(broken).error().message == "a Gamma-Gamma model needs positive mean spends");
    }
}

}  // namespace
}  // namespace segmentd::rules
