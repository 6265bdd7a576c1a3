#include "daemon/modelling/validate.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "base/random.hpp"
#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

constexpr std::string_view counting = R"(
feature: orders
signal: purchase
compute: count
---
metric: bought_again
signal: purchase
compute: any
window: 28d
---
metric: spend
signal: purchase
compute: sum
value: event.amount
window: 28d
---
metric: spend_year
signal: purchase
compute: sum
value: event.amount
window: 365d
---
model: eager
type: logistic
features: [orders]
target: {condition: feature.orders >= 3, within: 28d}
scores: {eager: {output: probability}}
)";

constexpr std::string_view segments = R"(
segment: loyal
objective: growth
steward: dana
enter: feature.orders >= 2
success_metrics: [{metric: spend, at_least: 5}]
---
segment: starters
objective: growth
steward: dana
enter: feature.orders == 1
---
segment: pro
objective: growth
steward: dana
enter: profile.plan == 'pro'
---
segment: few
objective: growth
steward: dana
enter: [profile.plan == 'pro', profile.employees == 7]
---
segment: likely
objective: growth
steward: dana
enter: score.eager >= 0.5
---
segment: patient
objective: growth
steward: dana
enter: feature.orders >= 2
success_metrics: [{metric: spend_year, at_least: 5}]
)";

Files files() {
    auto files = shop(counting);
    files["segments/segments.yaml"] = segments;
    files["workspace.yaml"] += "objectives: [{name: growth, metric: bought_again, target: 20%, signed_by: dana}]\n";
    return files;
}

std::string name_of(char group, int number) {
    return group + std::to_string(number);
}

// 40 customers with two orders, of whom 30 buy again in February for 10 EUR, and 60 with one order, of
// whom 6 do. Customers come in pairs that do the same; one of each pair is on the plan pro, so that pro
// sets nobody apart.
void live_a_winter(LivedEngine& lived) {
    for (int i = 0; i < 60; ++i) {
        if (i < 40) lived.take(purchase(name_of('l', i), at("2027-01-02")));
        lived.take(purchase(name_of('s', i), at("2027-01-02")));
    }
    for (int i = 0; i < 40; ++i) lived.take(purchase(name_of('l', i), at("2027-01-03")));
    for (int i = 0; i < 60; i += 2) {
        if (i < 40) lived.take(plan_of(name_of('l', i), at("2027-01-04"), "pro"));
        lived.take(plan_of(name_of('s', i), at("2027-01-04"), "pro"));
    }
    for (int i = 0; i < 60; ++i) {
        const int pair = i / 2;
        if (i < 40 && pair % 4 != 3) lived.take(purchase(name_of('l', i), at("2027-02-10")));
        if (pair % 10 == 0) lived.take(purchase(name_of('s', i), at("2027-02-10")));
    }
    lived.take(tick(at("2027-03-02")));
}

daemon::ValidationRequest february(std::string_view segment) {
    return {SegmentId(segment), at("2027-02-01"), at("2027-03-01"), at("2027-03-02")};
}

Result<ValidationRecord> validate(LivedEngine& lived, const daemon::ValidationRequest& request) {
    return daemon::validate_segment(lived.engine, lived.reader(), request);
}

ValidationRecord found_in_february(LivedEngine& lived, std::string_view segment) {
    auto found = validate(lived, february(segment));
    REQUIRE(found.has_value());
    return *found;
}

std::string refusal(LivedEngine& lived, const daemon::ValidationRequest& request) {
    const auto found = validate(lived, request);
    return found ? "none" : found.error().message;
}

}  // namespace

TEST_CASE("a segment whose members do differently is different") {
    LivedEngine lived(files());
    live_a_winter(lived);

    const auto found = found_in_february(lived, "loyal");

    CHECK(found.members == 40);
    CHECK(found.neighbour.text == "pro");  // as near as starters, and before it by name
    REQUIRE(found.outcomes.size() == 4);
    CHECK(found.outcomes[0].metric.text == "spend");
    CHECK(found.outcomes[0].mean == Approx(7.5));
    CHECK(found.outcomes[0].other_mean == Approx(1.0));
    const auto& again = found.outcomes[2];
    CHECK(again.metric.text == "bought_again");
    CHECK(again.against == "non_members");
    CHECK(again.customers == 40);
    CHECK(again.other_customers == 60);
    CHECK(again.mean == Approx(0.75));
    CHECK(again.other_mean == Approx(0.1));
    // se = sqrt(0.1875 / 39 + 0.09 / 59) = 0.079570, 64.0 degrees of freedom, t at 97.5 % = 1.9977
    CHECK(again.lower == Approx(0.65 - 0.15896).margin(1e-4));
    CHECK(again.upper == Approx(0.65 + 0.15896).margin(1e-4));
    CHECK(found.outcomes[3].against == "pro");
    CHECK(found.verdict == Verdict::different);
    CHECK(found.warnings.empty());
}

TEST_CASE("a segment that sets nobody apart has no measurable difference, whatever its neighbour does") {
    LivedEngine lived(files());
    live_a_winter(lived);

    const auto found = found_in_february(lived, "pro");

    CHECK(found.members == 50);
    REQUIRE(found.outcomes.size() == 2);
    CHECK(found.outcomes[0].mean == Approx(0.36));
    CHECK(found.outcomes[0].other_mean == Approx(0.36));
    CHECK(found.outcomes[0].p_value == Approx(1.0));
    CHECK(found.outcomes[1].against == "starters");
    CHECK(found.outcomes[1].verdict == Verdict::different);
    CHECK(found.verdict == Verdict::no_measurable_difference);
    CHECK(found.no_difference_from == std::vector<std::string>{"non_members"});
    CHECK(found.warnings ==
          std::vector<std::string>{"members differ from starters, but not from non-members together"});
}

TEST_CASE("fewer than thirty members are not enough data") {
    LivedEngine lived(files());
    live_a_winter(lived);

    const auto found = found_in_february(lived, "few");

    CHECK(found.members == 0);
    CHECK(found.verdict == Verdict::not_enough_data);
}

TEST_CASE("what happens at the first instant is an outcome, at the end of the window no more") {
    LivedEngine lived(files());
    live_a_winter(lived);
    auto request = february("loyal");
    request.from = at("2027-02-10");
    request.until = request.now = at("2027-03-10");

    const auto at_the_instant = validate(lived, request);
    request.from = at("2027-01-13");
    request.until = at("2027-02-10");
    const auto before = validate(lived, request);

    REQUIRE(at_the_instant.has_value());
    CHECK(at_the_instant->members == 40);
    CHECK(at_the_instant->outcomes[2].mean == Approx(0.75));
    REQUIRE(before.has_value());
    CHECK(before->outcomes[2].mean == Approx(0.0));
    CHECK(before->verdict == Verdict::not_enough_data);
}

TEST_CASE("without metric or objective a segment is measured by every metric that fits") {
    LivedEngine lived(shop(std::string(counting) + R"(---
segment: aimless
steward: dana
enter: feature.orders >= 2
---
segment: starters
steward: dana
enter: feature.orders == 1
)"));
    live_a_winter(lived);

    const auto found = found_in_february(lived, "aimless");

    REQUIRE(found.outcomes.size() == 4);
    CHECK(found.outcomes[0].metric.text == "bought_again");
    CHECK(found.outcomes[2].metric.text == "spend");
}

TEST_CASE("a period that cannot be measured is refused") {
    LivedEngine lived(files());
    live_a_winter(lived);
    auto request = february("loyal");

    CHECK(refusal(lived, february("royal")) == "there is no segment 'royal'");
    CHECK(refusal(lived, february("patient")) ==
          "segment patient: the metric spend_year takes 365d, the period has 28d");
    request.until = at("2027-03-03");
    CHECK(refusal(lived, request) ==
          "the period ends on 2027-03-03T00:00:00Z, the engine time is 2027-03-02T00:00:00Z");
    request.until = request.from;
    CHECK(refusal(lived, request) == "the period ends before it begins");
}

TEST_CASE("a model that has seen the period marks every row") {
    LivedEngine lived(files());
    live_a_winter(lived);
    ModelRecord model{ModelId("eager"), "logistic", 1, at("2027-02-20"), 100, -1, {}};
    model.parameters = {{"intercept", -3.0}, {"coefficient.orders", 2.0}};
    lived.take(record_of("", at("2027-03-02"), model));

    const auto seen = found_in_february(lived, "likely");
    const auto unconcerned = found_in_february(lived, "loyal");

    CHECK(seen.members == 40);
    CHECK(seen.outcomes[0].in_sample);
    CHECK(seen.warnings.front() == "model eager was fitted on data until 2027-02-20T00:00:00Z, after the period began");
    CHECK_FALSE(unconcerned.outcomes[0].in_sample);
}

TEST_CASE("a definition that was written after the period began is a warning") {
    LivedEngine lived(files());
    live_a_winter(lived);
    auto changed = files();
    changed["segments/segments.yaml"] += "# revised\n";
    lived.take(definitions(at("2027-03-02"), changed, "v2"));

    const auto found = found_in_february(lived, "loyal");

    REQUIRE(found.warnings.size() == 1);
    CHECK(found.warnings[0].starts_with("segments/segments.yaml is in force as it stands since 2027-03-02T00:00:00Z"));
    CHECK_FALSE(found.outcomes[0].in_sample);
}

TEST_CASE("a recorded finding of no difference opens one review of the steward") {
    LivedEngine lived(files());
    live_a_winter(lived);
    const auto nothing = found_in_february(lived, "pro");
    const auto hash_before = lived.state_hash();

    lived.take(record_of("", at("2027-03-02"), found_in_february(lived, "loyal")));
    CHECK(lived.engine.reviews().all().empty());
    lived.take(record_of("", at("2027-03-02"), nothing));
    lived.take(record_of("", at("2027-03-02"), nothing));

    REQUIRE(lived.engine.reviews().all().size() == 1);
    const auto& review = lived.engine.reviews().all()[0];
    CHECK(review.kind == daemon::ReviewKind::validation);
    CHECK(review.segment.text == "pro");
    CHECK(review.steward.text == "dana");
    CHECK(lived.engine.validations().all().size() == 3);
    CHECK(lived.state_hash() != hash_before);
}

// Counts by looking at every record once more for every customer.
TEST_CASE("members, sizes and means are those of a count by hand") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        Random random(seed, "shop");
        LivedEngine lived(files());
        std::map<std::string, std::vector<Timestamp>> orders;
        for (int i = 0; i < 300; ++i) {
            const auto customer = name_of('c', static_cast<int>(random.below(120)));
            const auto when = at("2027-01-01") + std::chrono::hours(5) * i;
            orders[customer].push_back(when);
            lived.take(purchase(customer, when));
        }
        const Timestamp from = at("2027-02-01");
        double members = 0, bought = 0, others = 0, others_bought = 0;
        for (const auto& [customer, times] : orders) {
            const auto before = std::ranges::count_if(times, [&](Timestamp t) { return t < from; });
            const bool again =
                std::ranges::any_of(times, [&](Timestamp t) { return t >= from && t < from + Days(28); });
            if (before == 0) continue;
            (before >= 2 ? members : others) += 1;
            if (again) (before >= 2 ? bought : others_bought) += 1;
        }

        const auto found = validate(lived, {SegmentId("loyal"), from, from + Days(28), from + Days(28)});

        REQUIRE(found.has_value());
        const auto row = std::ranges::find_if(found->outcomes, [](const auto& outcome) {
            return outcome.metric.text == "bought_again" && outcome.against == "non_members";
        });
        REQUIRE(row != found->outcomes.end());
        CHECK(static_cast<double>(row->customers) == members);
        CHECK(static_cast<double>(row->other_customers) == others);
        CHECK(row->mean == Approx(bought / members));
        CHECK(row->other_mean == Approx(others_bought / others));
    }
}

}  // namespace segmentd::tests
