#include "daemon/simulation/market_pilots.hpp"

#include <catch2/catch.hpp>

namespace segmentd::daemon {
namespace {

const Timestamp joined = *parse_timestamp("2026-05-01");

TeamTraits average_team(bool is_small_crew) {
    TeamTraits traits;
    traits.is_small_crew = is_small_crew;
    traits.sessions_per_week = 3.0;
    traits.leaving = MarketModel{}.leaving;
    traits.ambition = 0.5;
    return traits;
}

KnownEnrolment enrolled(std::size_t arm, bool is_small_crew, ByArm expected, std::int64_t observed) {
    return {next_plan_offer, arm, joined, is_small_crew, {{expected, observed}, {}}};
}

}  // namespace

TEST_CASE("a first renewal is expected over first schedules and moods") {
    const auto known = expect_of_setup(MarketModel{}, average_team(true));

    // Of teams that publish 0.25*0.99 + 0.65*0.96 + 0.10*0.65 = 0.9365 renew, of the others 0.8065.
    CHECK(known[0].expected == ByArm{0.44, 0.68});
    CHECK(known[1].expected[0] == Approx(0.44 * 0.9365 + 0.56 * 0.8065).epsilon(1e-12));
    CHECK(known[1].expected[1] == Approx(0.68 * 0.9365 + 0.32 * 0.8065).epsilon(1e-12));
}

TEST_CASE("tickets of 28 days are 28 of the 30 parts of a period") {
    const auto known = expect_of_setup(MarketModel{}, average_team(false));

    // A period of a team that publishes has 0.25*0.15 + 0.65*0.20 + 0.10*0.60 = 0.2275, of another 0.3975.
    CHECK(known[2].expected[0] == Approx((0.54 * 0.2275 + 0.46 * 0.3975) * 28 / 30).epsilon(1e-12));
}

TEST_CASE("the wish to upgrade has its peak at a middling number of visits") {
    const auto at_visits = [](double visits) {
        auto traits = average_team(false);
        traits.sessions_per_week = visits;
        return expect_of_offer(MarketModel{}, {traits, Mood::steady, 10, market_period})[0].expected[0];
    };

    CHECK(at_visits(3.0) == Approx(0.05 + 0.80 * 0.5).epsilon(1e-12));
    CHECK(at_visits(1.0) < 0.2);
    CHECK(at_visits(6.0) < 0.2);
}

TEST_CASE("the offer wins a share of those who would not have moved, a larger one of small crews") {
    const auto small = expect_of_offer(MarketModel{}, {average_team(true), Mood::steady, 10, market_period});
    const auto large = expect_of_offer(MarketModel{}, {average_team(false), Mood::steady, 10, market_period});

    CHECK(small[0].expected[1] == Approx(0.45 + 0.55 * 0.30).epsilon(1e-12));
    CHECK(large[0].expected[1] == Approx(0.45 + 0.55 * 0.06).epsilon(1e-12));
}

TEST_CASE("the offer does nothing about problems, and a window reaches into the next period as far as the team stays") {
    const auto known = expect_of_offer(MarketModel{}, {average_team(true), Mood::fading, 8, Days(10)});

    // 0.45 of the tickets; a third of a fading period, and two thirds of the next if 0.65 stay:
    // 0.03*0.15 + 0.27*0.20 + 0.70*0.60 = 0.4785 tickets.
    CHECK(known[1].expected[0] == Approx(0.45 * (0.60 / 3 + 2.0 / 3 * 0.65 * 0.4785)).epsilon(1e-12));
    CHECK(known[1].expected[0] == Approx(known[1].expected[1]).epsilon(1e-15));
}

TEST_CASE("an effect is the mean over everybody in the group, whichever arm they got") {
    MarketTruth truth;
    truth.enrolments = {enrolled(0, true, {0.1, 0.4}, 0), enrolled(1, false, {0.2, 0.3}, 1),
                        enrolled(1, true, {0.3, 0.8}, 0)};

    const auto all = effect_of(truth, {next_plan_offer, 0, TruthGroup::all, joined + Days(30)});
    const auto small = effect_of(truth, {next_plan_offer, 0, TruthGroup::small_crews, joined + Days(30)});

    CHECK(all.effect == Approx(0.3).epsilon(1e-12));
    CHECK(all.teams == std::array<std::int64_t, 2>{1, 2});
    CHECK(all.observed[1] == Approx(0.5).epsilon(1e-12));
    CHECK(small.effect == Approx(0.4).epsilon(1e-12));
}

TEST_CASE("a team counts from the instant at which its window has passed") {
    MarketTruth truth;
    truth.enrolments = {enrolled(0, false, {0.1, 0.4}, 0)};

    CHECK(effect_of(truth, {next_plan_offer, 0, TruthGroup::all, joined + Days(30)}).teams[0] == 1);
    CHECK(effect_of(truth, {next_plan_offer, 0, TruthGroup::all, joined + Days(30) - Duration(1)}).teams[0] == 0);
}

}  // namespace segmentd::daemon
