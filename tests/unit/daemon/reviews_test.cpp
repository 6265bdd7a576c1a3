#include <catch2/catch.hpp>

#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

constexpr std::string_view watched_rules = R"(
feature: orders_1d
signal: purchase
compute: count
window: 2d
---
segment: buyers
steward: dana
enter: feature.orders_1d >= 1
---
governance: shop
owner: dana
drift:
  false_alarms: 1
  per: 90d
  review_within: 14d
  monitors:
    - {segment: buyers, reference_share: 50%, tolerance: 10%}
)";

// A day on which everybody who shows up buys: far from the share that was approved.
daemon::Effects day_of_buyers(LivedEngine& lived, Timestamp day, int customers = 60) {
    daemon::Effects all;
    for (int i = 0; i < customers; ++i) {
        auto effects = lived.take(purchase("customer " + std::to_string(i), day + std::chrono::minutes(i)));
        all.facts.insert(all.facts.end(), effects.facts.begin(), effects.facts.end());
    }
    return all;
}

// Days of drift until the monitor raises its alarm.
AlarmRecord drift_until_alarm(LivedEngine& lived) {
    for (int day = 1; day <= 20; ++day) {
        const auto effects = day_of_buyers(lived, at("2027-01-01") + Days(day));
        if (!effects.facts.empty()) return std::get<AlarmRecord>(effects.facts.front().payload);
    }
    FAIL("no alarm within 20 days");
    return {};
}

Record alarm_record(const LivedEngine& lived, const AlarmRecord& alarm) {
    return record_of("", lived.engine.engine_time(), alarm);
}

}  // namespace

TEST_CASE("a share far from its reference raises an alarm at the end of a day") {
    LivedEngine lived(shop(watched_rules));

    const auto alarm = drift_until_alarm(lived);

    CHECK(alarm.monitor == "buyers");
    CHECK(alarm.reference == Approx(0.5));
    CHECK(alarm.estimate == Approx(1.0));
    CHECK(alarm.lower > 0.5);
    CHECK(alarm.observations % 60 == 0);
}

TEST_CASE("the day of an alarm is the day that ended") {
    LivedEngine lived(shop(watched_rules));

    const auto alarm = drift_until_alarm(lived);

    CHECK(alarm.day == day_number(lived.engine.engine_time()) - 1);
}

TEST_CASE("a recorded alarm opens a review with the segment's steward and a deadline") {
    LivedEngine lived(shop(watched_rules));
    const auto alarm = drift_until_alarm(lived);

    lived.take(record_of("", at("2027-03-01T12:00:00Z"), alarm));

    REQUIRE(lived.engine.reviews().all().size() == 1);
    const auto& review = lived.engine.reviews().all().front();
    CHECK(review.number == 1);
    CHECK(review.segment == SegmentId("buyers"));
    CHECK(review.steward == PersonId("dana"));
    CHECK(to_text(review.opened_at) == "2027-03-01T12:00:00Z");
    CHECK(to_text(review.deadline) == "2027-03-15T12:00:00Z");
}

TEST_CASE("a monitor keeps still while a review of its segment is open") {
    LivedEngine lived(shop(watched_rules));
    const auto alarm = drift_until_alarm(lived);
    lived.take(alarm_record(lived, alarm));

    std::size_t more = 0;
    for (int day = 30; day < 60; ++day) more += day_of_buyers(lived, at("2027-01-01") + Days(day)).facts.size();

    CHECK(more == 0);
    CHECK(lived.engine.reviews().all().size() == 1);
}

TEST_CASE("an alarm whose record is missing is given again after a replay") {
    LivedEngine lived(shop(watched_rules));
    const auto alarm = drift_until_alarm(lived);

    LivedEngine replayed(shop(watched_rules));
    for (std::size_t i = 1; i < lived.journal.size(); ++i) replayed.take(lived.journal[i]);

    REQUIRE(replayed.engine.unrecorded_alarms().size() == 1);
    CHECK(replayed.engine.unrecorded_alarms().front() == alarm);
    CHECK(replayed.engine.reviews().all().empty());
}

TEST_CASE("a recorded alarm is no longer unrecorded") {
    LivedEngine lived(shop(watched_rules));
    const auto alarm = drift_until_alarm(lived);

    lived.take(alarm_record(lived, alarm));

    CHECK(lived.engine.unrecorded_alarms().empty());
}

TEST_CASE("imported history is not watched") {
    LivedEngine lived(shop(watched_rules));
    for (int day = 1; day <= 20; ++day) {
        for (int i = 0; i < 60; ++i) {
            lived.take(historical(purchase("customer " + std::to_string(i), at("2027-01-01") + Days(day))));
        }
    }

    CHECK(lived.engine.unrecorded_alarms().empty());
    CHECK(lived.engine.reviews().monitors().at(0).state.all.periods == 0);
}

TEST_CASE("a customer seen several times on a day counts once for that day") {
    LivedEngine lived(shop(watched_rules));
    lived.take(purchase("ada", at("2027-01-02T08:00:00Z")));
    lived.take(purchase("ada", at("2027-01-02T09:00:00Z")));
    lived.take(visit("bob", at("2027-01-02T10:00:00Z")));

    lived.take(tick(at("2027-01-03")));

    const auto& seen = lived.engine.reviews().monitors().at(0).state.all;
    CHECK(seen.periods == 1);
    CHECK(seen.members == 1);
    CHECK(seen.total == 2);
}

TEST_CASE("a day ends at its midnight and a day without customers is no period") {
    LivedEngine lived(shop(watched_rules));
    lived.take(purchase("ada", at("2027-01-02T08:00:00Z")));

    const auto due = lived.engine.next_due();
    lived.take(tick(at("2027-01-20")));

    CHECK(to_text(due) == "2027-01-03T00:00:00Z");
    CHECK(lived.engine.reviews().monitors().at(0).state.all.periods == 1);
}

TEST_CASE("a monitor whose reference did not change keeps its evidence under new definitions") {
    LivedEngine lived(shop(watched_rules));
    day_of_buyers(lived, at("2027-01-02"));
    day_of_buyers(lived, at("2027-01-03"));

    lived.take(definitions(at("2027-01-03T12:00:00Z"), shop(std::string(watched_rules) + "# a comment\n"), "v2"));

    CHECK(lived.engine.reviews().monitors().at(0).state.all.total == 60);
}

TEST_CASE("a monitor with another reference starts anew") {
    std::string other(watched_rules);
    other.replace(other.find("50%"), 3, "60%");
    LivedEngine lived(shop(watched_rules));
    day_of_buyers(lived, at("2027-01-02"));
    day_of_buyers(lived, at("2027-01-03"));

    lived.take(definitions(at("2027-01-03T12:00:00Z"), shop(other), "v2"));

    CHECK(lived.engine.reviews().monitors().at(0).state.all.total == 0);
}

}  // namespace segmentd::tests
