#include "daemon/simulation/market_futures.hpp"

#include <catch2/catch.hpp>

namespace segmentd::daemon {
namespace {

const Timestamp joined = *parse_timestamp("2026-05-01");

// Nobody adds seats, and who is asked moves only where the offer wins everybody.
MarketModel quiet_market() {
    MarketModel model;
    model.adds_seats = {0, 0, 0};
    model.upgrade_base = model.upgrade_range = 0;
    model.offer_gain = {1, 1};
    return model;
}

// A team on starter that never leaves.
Prospect prospect_of(std::int64_t seats, Timestamp at) {
    Prospect prospect{{}, at, joined, 0};
    prospect.subscription.seats = seats;
    return prospect;
}

}  // namespace

TEST_CASE("who never leaves and never grows pays its seats in each of the three renewals") {
    const auto known = expect_futures_of_setup(quiet_market(), prospect_of(5, joined), Random(1, "team"));

    CHECK(known[0].expected[0] == Approx(3 * 5 * 600).epsilon(1e-12));
    CHECK(known[0].expected[1] == Approx(3 * 5 * 600).epsilon(1e-12));
    CHECK(known[1].expected[0] == Approx(0).margin(1e-12));
}

TEST_CASE("the price of the larger plan is what the offer brings, from the next payment on") {
    const auto at_payment = expect_future_of_offer(quiet_market(), prospect_of(10, joined), Random(1, "team"));
    const auto late = expect_future_of_offer(quiet_market(), prospect_of(10, joined + Days(25)), Random(1, "team"));

    CHECK(at_payment.expected[0] == Approx(3 * 10 * 600).epsilon(1e-12));
    CHECK(at_payment.expected[1] == Approx(3 * 10 * 900).epsilon(1e-12));
    CHECK(late.expected[1] == Approx(4 * 10 * 900).epsilon(1e-12));  // on the days 5, 35, 65 and 95
}

TEST_CASE("a team that surely leaves pays nothing more, and one that surely grows has expanded") {
    auto model = quiet_market();
    model.adds_seats = {1, 1, 1};
    auto prospect = prospect_of(3, joined);
    prospect.subscription.traits.leaving = {1, 1, 1};

    const auto known = expect_futures_of_setup(model, prospect, Random(1, "team"));

    CHECK(known[0].expected[0] == Approx(0).margin(1e-12));
    CHECK(known[1].expected[0] == Approx(1).epsilon(1e-12));
}

}  // namespace segmentd::daemon
