#include "rules/scoring/bg_nbd.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "base/random.hpp"

namespace segmentd::rules {
namespace {

// Table 2 and the spreadsheet note of Fader, Hardie and Lee (2005) for the CDNOW sample.
const BgNbdParameters cdnow{0.243, 4.414, 0.793, 2.426};

// The expectation by the slow way: composite Simpson over the leaving probability, on the logit
// scale; only right for parameters that are not tiny.
double expected_by_integration(const BgNbdParameters& model, double horizon) {
    constexpr int steps = 40'000;
    constexpr double reach = 120.0;
    double weights = 0.0;
    double weighted = 0.0;
    for (int i = 0; i <= steps; ++i) {
        const double logit = -reach + 2.0 * reach * i / steps;
        const double p = 1.0 / (1.0 + std::exp(-logit));
        const double stays = 1.0 / (1.0 + std::exp(logit));
        const double simpson = i == 0 || i == steps ? 1.0 : (i % 2 == 1 ? 4.0 : 2.0);
        const double weight = simpson * std::pow(p, model.a) * std::pow(stays, model.b);
        weights += weight;
        weighted += weight * -std::expm1(-model.r * std::log1p(p * horizon / model.alpha)) / p;
    }
    return weighted / weights;
}

std::vector<PurchaseHistory> simulate(const BgNbdParameters& model, int customers, Random& random) {
    std::vector<PurchaseHistory> histories;
    for (int i = 0; i < customers; ++i) {
        const double rate = random.gamma(model.r, model.alpha);
        const double leaving = random.beta(model.a, model.b);
        PurchaseHistory history{0, 0.0, 27.0 + 12.0 * random.uniform()};
        double time = random.exponential(rate);
        while (time <= history.observed) {
            ++history.repeats;
            history.last_repeat = time;
            if (random.bernoulli(leaving)) break;
            time += random.exponential(rate);
        }
        histories.push_back(history);
    }
    return histories;
}

TEST_CASE("one customer's likelihood, liveness and forecast are those of the closed forms") {
    const PurchaseHistory history{2, 30.43, 38.86};

    CHECK(log_likelihood(cdnow, history) == Approx(-9.458606307066269).epsilon(1e-12));
    CHECK(alive_probability(cdnow, history) == Approx(0.726578570080673).epsilon(1e-12));
    CHECK(expected_purchases(cdnow, history, 39.0) == Approx(1.226028174767135).epsilon(1e-12));
}

TEST_CASE("a customer without a repeat purchase is alive") {
    CHECK(alive_probability(cdnow, {0, 0.0, 1000.0}) == Approx(1.0).epsilon(0));
}

TEST_CASE("no time ahead expects no purchase") {
    CHECK(expected_purchases(cdnow, {2, 30.43, 38.86}, 0.0) == Approx(0.0).margin(0));
    CHECK(expected_purchases(cdnow, {2, 30.43, 38.86}, -1.0) == Approx(0.0).margin(0));
}

TEST_CASE("the forecast passes a = 1 without a step") {
    const auto at = [](double a) { return expected_new_customer({0.9, 8.0, a, 3.0}, 39.0); };

    CHECK(at(1.0) == Approx(expected_by_integration({0.9, 8.0, 1.0, 3.0}, 39.0)).epsilon(1e-10));
    CHECK(at(1.0 + 1e-9) == Approx(at(1.0)).epsilon(1e-8));
    CHECK(at(1.0 - 1e-9) == Approx(at(1.0)).epsilon(1e-8));
}

TEST_CASE("short and very long horizons agree with slow integration") {
    for (const double r : {0.1, 0.9, 12.0}) {
        for (const double a : {0.4, 1.0, 5.0}) {
            for (const double horizon : {0.01, 10.0, 500.0, 3000.0, 1e6}) {
                const BgNbdParameters model{r, 2.0, a, 1.5};
                CAPTURE(r, a, horizon);
                CHECK(expected_new_customer(model, horizon) ==
                      Approx(expected_by_integration(model, horizon)).epsilon(1e-9));
            }
        }
    }
}

TEST_CASE("a heavy buyer's numbers neither overflow nor cancel") {
    const PurchaseHistory silent{5000, 10.0, 100.0};
    const PurchaseHistory active{5000, 100.0, 100.0};

    CHECK(alive_probability(cdnow, silent) == Approx(0.0).margin(1e-300));
    CHECK(expected_purchases(cdnow, silent, 10.0) == Approx(0.0).margin(1e-300));
    CHECK(std::isfinite(log_likelihood(cdnow, silent)));
    CHECK(expected_purchases(cdnow, active, 1.0) == Approx(47.7).epsilon(0.01));
}

TEST_CASE("four thousand simulated customers give their parameters back") {
    Random random(20240501, "bg_nbd");
    const BgNbdParameters truth{0.8, 6.0, 0.7, 2.5};
    const auto customers = simulate(truth, 4000, random);

    const auto fit = fit_bg_nbd(customers);

    REQUIRE(fit);
    CAPTURE(fit->parameters.r, fit->parameters.alpha, fit->parameters.a, fit->parameters.b);
    CHECK(fit->converged);
    CHECK(fit->customers == 4000);
    CHECK(fit->parameters.r == Approx(truth.r).epsilon(0.10));
    CHECK(fit->parameters.alpha == Approx(truth.alpha).epsilon(0.15));
    CHECK(fit->parameters.a / (fit->parameters.a + fit->parameters.b) ==
          Approx(truth.a / (truth.a + truth.b)).epsilon(0.10));
    double likelihood_of_truth = 0.0;
    double likelihood = 0.0;
    for (const auto& customer : customers) {
        likelihood_of_truth += log_likelihood(truth, customer);
        likelihood += log_likelihood(fit->parameters, customer);
    }
    CHECK(likelihood == Approx(fit->log_likelihood).epsilon(1e-12));
    CHECK(fit->log_likelihood > likelihood_of_truth);
    CHECK(fit->log_likelihood < likelihood_of_truth + 12.0);  // twice the gain is chi-square with 4 degrees
}

TEST_CASE("the order of the customers does not change the fit") {
    Random random(3, "order");
    auto customers = simulate({0.8, 6.0, 0.7, 2.5}, 500, random);
    const auto first = fit_bg_nbd(customers);
    std::vector<PurchaseHistory> reversed(customers.rbegin(), customers.rend());
    const auto second = fit_bg_nbd(reversed);

    REQUIRE(first);
    REQUIRE(second);
    CHECK(first->log_likelihood == Approx(second->log_likelihood).epsilon(0));
    CHECK(first->parameters.b == Approx(second->parameters.b).epsilon(0));
}

TEST_CASE("customers who never came back determine nothing") {
    const std::vector<PurchaseHistory> customers(1000, PurchaseHistory{0, 0.0, 39.0});

    CHECK(fit_bg_nbd(customers).error().message == "a BG/NBD model needs at least 10 customers with a repeat purchase");
    CHECK_FALSE(fit_bg_nbd({}));
}

TEST_CASE("customers who all behave alike leave the spread of the rates open") {
    const std::vector<PurchaseHistory> customers(100, PurchaseHistory{5, 25.0, 30.0});

    CHECK(fit_bg_nbd(customers).error().message == "the purchases do not determine a BG/NBD model");
}

TEST_CASE("an impossible history is refused") {
    for (const auto& history :
         {PurchaseHistory{1, 40.0, 39.0}, PurchaseHistory{-1, 0.0, 39.0}, PurchaseHistory{0, 1.0, 39.0},
          PurchaseHistory{1, std::nan(""), 39.0}, PurchaseHistory{1, 1.0, INFINITY}}) {
        std::vector<PurchaseHistory> customers(20, PurchaseHistory{1, 2.0, 39.0});
        customers.push_back(history);
        CHECK(fit_bg_nbd(customers).error().code == ErrorCode::invalid);
    }
}

}  // namespace
}  // namespace segmentd::rules
