#include "rules/scoring/purchase_days.hpp"

#include <catch2/catch.hpp>

#include "base/random.hpp"

namespace segmentd::rules {
namespace {

// Days and plain cents, nothing rounded.
PurchaseScale in_days() {
    PurchaseScale scale;
    scale.days_per_unit = 1;
    return scale;
}

PurchaseDays three_days() {
    PurchaseDays days;
    days.add(100, 1000);
    days.add(110, 2000);
    days.add(130, 4000);
    return days;
}

}  // namespace

TEST_CASE("before the first purchase there is no summary") {
    CHECK_FALSE(three_days().summarise(99, in_days()).has_value());
    CHECK_FALSE(PurchaseDays().summarise(99, in_days()).has_value());
}

TEST_CASE("a summary counts repeats, the last repeat and the age since the first purchase") {
    const auto summary = three_days().summarise(150, in_days());

    REQUIRE(summary.has_value());
    CHECK(summary->history.repeats == 2);
    CHECK(summary->history.last_repeat == Approx(30));
    CHECK(summary->history.observed == Approx(50));
    CHECK(summary->mean_repeat_spend == Approx(30.00));
}

TEST_CASE("a purchase on the day of the summary is in it and one of the next day is not") {
    CHECK(three_days().summarise(130, in_days())->history.repeats == 2);
    CHECK(three_days().summarise(129, in_days())->history.repeats == 1);
}

TEST_CASE("the first purchase alone is no repeat and spends nothing") {
    const auto summary = three_days().summarise(100, in_days());

    CHECK(summary->history.repeats == 0);
    CHECK(summary->history.last_repeat == Approx(0));
    CHECK(summary->history.observed == Approx(0));
    CHECK(summary->mean_repeat_spend == Approx(0));
}

TEST_CASE("purchases of one day are one transaction of their sum") {
    auto days = three_days();
    days.add(110, 500);

    const auto summary = days.summarise(150, in_days());

    CHECK(summary->history.repeats == 2);
    CHECK(summary->mean_repeat_spend == Approx(32.50));
}

TEST_CASE("a late purchase before the first one moves the beginning") {
    auto days = three_days();
    days.add(90, 100);

    const auto summary = days.summarise(150, in_days());

    CHECK(summary->history.repeats == 3);
    CHECK(summary->history.observed == Approx(60));
}

TEST_CASE("purchase days are counted after one day and up to and including another") {
    CHECK(three_days().count_between(99, 130) == 3);
    CHECK(three_days().count_between(100, 130) == 2);
    CHECK(three_days().count_between(100, 129) == 1);
    CHECK(three_days().count_between(110, 110) == 0);
    CHECK(three_days().count_between(130, 999) == 0);
}

TEST_CASE("times are rounded to the decimals that the model says") {
    PurchaseScale weeks;
    weeks.time_decimals = 2;

    const auto summary = three_days().summarise(150, weeks);

    CHECK(summary->history.last_repeat == Approx(4.29).margin(1e-12));
    CHECK(summary->history.observed == Approx(7.14).margin(1e-12));
}

TEST_CASE("a mean spend is rounded on its exact sum, halves up") {
    PurchaseScale scale = in_days();
    scale.spend_decimals = 2;
    PurchaseDays up, negative;
    for (const int day : {1, 2, 3}) up.add(day, day == 2 ? 1001 : 1002);
    for (const int day : {1, 2, 3}) negative.add(day, day == 2 ? -1001 : -1002);

    CHECK(up.summarise(9, scale)->mean_repeat_spend == Approx(10.02).margin(1e-12));
    CHECK(negative.summarise(9, scale)->mean_repeat_spend == Approx(-10.01).margin(1e-12));
}

TEST_CASE("the order in which purchases come never matters") {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        Random random(seed, "purchase days");
        std::vector<std::pair<std::int64_t, std::int64_t>> purchases;
        for (int i = 0; i < 30; ++i) {
            purchases.emplace_back(static_cast<std::int64_t>(random.below(20)),
                                   static_cast<std::int64_t>(random.below(9999)));
        }
        PurchaseDays forward, backward;
        for (auto it = purchases.begin(); it != purchases.end(); ++it) forward.add(it->first, it->second);
        for (auto it = purchases.rbegin(); it != purchases.rend(); ++it) backward.add(it->first, it->second);

        std::string one, other;
        forward.append_canonical(one);
        backward.append_canonical(other);

        INFO("seed " << seed);
        CHECK(one == other);
        CHECK(forward.last_day() == backward.last_day());
    }
}

}  // namespace segmentd::rules
