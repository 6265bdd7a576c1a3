// A signal re-decides the segments that it touches. The slow way, which decides every segment anew, must never find
// anything else.
#include <catch2/catch.hpp>
#include <set>

#include "base/random.hpp"
#include "daemon/engine/memberships/memberships.hpp"
#include "tests/unit/daemon/accounts_fixture.hpp"
#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

constexpr std::string_view rules_text = R"(
feature: orders_10d
signal: purchase
compute: count
window: 10d
---
feature: spend_month
signal: purchase
value: event.amount
compute: sum
window: this_month
---
feature: days_since_order
signal: purchase
compute: recency
---
feature: last_items
signal: purchase
value: event.items
compute: last
---
feature: visits_3d
signal: visit
compute: count
window: 3d
---
feature: gone_quiet
signal: visit
compute: stopped
after: 5d
---
model: buying
type: bg_nbd
signal: purchase
refresh_every: 7d
scores:
  alive: {output: p_alive}
---
model: worth
type: expression
scores:
  pull: {expression: score.push * 2.0}
  push: {expression: double(feature.orders_10d) + double(feature.visits_3d)}
---
segment: alive
steward: dana
enter: score.alive > 0.6
stay: score.alive > 0.4
---
segment: buyers
steward: dana
enter: feature.orders_10d >= 2
stay: feature.orders_10d >= 1
minimum_stay: 4d
---
segment: known_items
steward: dana
enter: feature.visits_3d >= 1
stay: feature.last_items >= 2
---
segment: pulled
steward: dana
enter: score.pull >= 6.0
---
segment: quiet
steward: dana
enter: [feature.gone_quiet, '!segment.buyers']
---
segment: resting
steward: dana
enter: feature.days_since_order >= 3
missing: error
---
segment: spenders
steward: dana
enter: [feature.spend_month >= 50.0, consent.offers]
minimum_stay: 2d
---
segment: top
steward: dana
enter: [segment.spenders, segment.pulled || segment.alive]
---
family: ways
title: Ways to buy
steward: dana
segments: [buyers, quiet]
remainder: others
---
feature: team_orders_10d
per: account
signal: purchase
compute: count
window: 10d
---
feature: team_items
per: account
signal: purchase
value: event.items
compute: last
---
feature: days_since_team_visit
per: account
signal: visit
compute: recency
---
segment: absent_teams
of: account
steward: dana
enter: [feature.days_since_team_visit >= 1, '!segment.busy_teams']
---
segment: busy_teams
of: account
steward: dana
enter: feature.team_orders_10d >= 4
stay: feature.team_orders_10d >= 3
minimum_stay: 2d
---
segment: pro_teams
of: account
steward: dana
enter: [segment.busy_teams, profile.plan == "pro"]
stay: feature.team_items >= 1
missing: error
)";

std::string memberships_of(const daemon::Customer& customer) {
    std::string text;
    for (const auto one : customer.memberships) {
        text += std::to_string(one.segment) + (one.unknown ? "? " : " ");
    }
    std::set<std::uint32_t> undecided(customer.rest->undecided.begin(), customer.rest->undecided.end());
    for (const auto segment : undecided) text += "!" + std::to_string(segment);
    return text;
}

// What everybody of a population would be in if all segments were decided now.
void check_against_the_slow_way(const daemon::Population& population, Timestamp now) {
    daemon::Row row;
    for (std::size_t index = 0; index < population.size(); ++index) {
        daemon::Customer copy = population.at(index);
        population.fill_row(copy, now, row);
        const auto changes = decide_memberships(population, copy, row, {"asked", now, true});
        REQUIRE(changes.empty());
        REQUIRE(memberships_of(copy) == memberships_of(population.at(index)));
        const auto next = std::min(population.next_change(copy, now), next_stay_end(population, copy, now));
        REQUIRE(population.at(index).next_check <= next);
    }
}

}  // namespace

TEST_CASE("deciding what a signal touches is deciding everything") {
    LivedEngine lived(teams(rules_text));
    lived.take(record_of(
        "", at("2027-01-01"),
        ModelRecord{ModelId("buying"), "bg_nbd", 1, {}, 0, 0, {{"r", 0.24}, {"alpha", 4.4}, {"a", 0.8}, {"b", 2.4}}}));
    Random random(11, "touched");
    const std::vector<std::string> names = {"ada", "bob", "eve", "ian"};
    auto now = at("2027-01-01");
    std::size_t account_changes = 0;

    for (int step = 0; step < 1500; ++step) {
        now += std::chrono::minutes(random.next() % 900);
        const auto& name = names[random.next() % names.size()];
        Record record = random.next() % 2 == 0 ? visit(name, now)
                                               : purchase(name, now, static_cast<std::int64_t>(random.next() % 4000));
        if (random.next() % 3 == 0) record.occurred_at -= std::chrono::hours(random.next() % 200);
        auto& signal = std::get<SignalRecord>(record.payload);
        if (signal.signal == SignalId("purchase") && random.next() % 2 == 0) {
            signal.properties["items"] = static_cast<std::int64_t>(random.next() % 4);
        }
        if (random.next() % 10 == 0) record = consent(name, now, "offers", random.next() % 3 != 0);
        if (random.next() % 12 == 0) {
            record = group(name, now, random.next() % 2 == 0 ? "acme" : "bits",
                           {{"plan", std::string(random.next() % 2 == 0 ? "pro" : "free")}});
        }
        account_changes += lived.take(std::move(record)).account_changes.size();
        INFO("step " << step);
        check_against_the_slow_way(lived.engine.population(), lived.engine.engine_time());
        check_against_the_slow_way(lived.engine.accounts().population(), lived.engine.engine_time());
    }
    CHECK(account_changes > 100);
}

}  // namespace segmentd::tests
