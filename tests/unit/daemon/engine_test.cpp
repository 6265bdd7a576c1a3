#include <catch2/catch.hpp>

#include <array>
#include <boost/json.hpp>
#include <string_view>

#include "base/random.hpp"
#include "daemon/reports/reports.hpp"
#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

constexpr std::string_view regulars_rules = R"(
feature: orders_30d
signal: purchase
compute: count
window: 30d
---
feature: spend
signal: purchase
compute: sum
value: event.amount
---
feature: days_since_visit
signal: visit
compute: recency
---
segment: regulars
steward: dana
playbook: thanks
enter: feature.orders_30d >= 2
---
segment: silent
steward: dana
enter: [feature.days_since_visit >= 10, "!segment.regulars"]
---
playbook: thanks
touches:
  - {touch: thank_you, purpose: offers, endpoint: crm, channel: email, message: Thank you.}
---
endpoint: crm
owner: dana
mode: live
---
metric: bought_again
signal: purchase
window: 14d
---
pilot: voucher
hypothesis: A voucher helps.
segment: regulars
arms: {plain: {weight: 50%, control: true}, voucher: {weight: 50%}}
enrol: {from: 2027-01-10, until: 2027-06-01}
metrics: {primary: bought_again}
)";

Record random_record(Random& random, Timestamp now) {
    const std::string customer = "customer " + std::to_string(random.below(9));
    switch (random.below(8)) {
        case 0: return consent(customer, now, "offers", random.bernoulli(0.7));
        case 1: return plan_of(customer, now, random.bernoulli(0.5) ? "pro" : "free");
        case 2: return record_of(customer, now, SuppressionRecord{random.bernoulli(0.3)});
        case 3: return tick(now, random.bernoulli(0.5));
        case 4: return visit(customer, now);
        case 5: return historical(purchase(customer, now));
        case 6: return late(purchase(customer, now), now - Days(static_cast<int>(random.below(40))));
        default: return purchase(customer, now, static_cast<std::int64_t>(random.below(9000)));
    }
}

std::vector<Record> random_records(std::uint64_t seed) {
    Random random(seed, "a life of the engine");
    std::vector<Record> records;
    auto now = at("2027-01-01");
    for (int i = 0; i < 300; ++i) {
        now += Duration(static_cast<std::int64_t>(random.below(2 * 86'400'000'000)));
        records.push_back(random_record(random, now));
    }
    return records;
}

std::string play(LivedEngine& lived, const std::vector<Record>& records, bool look) {
    std::string effects;
    for (const auto& record : records) {
        const auto brought = lived.take(record);
        effects += changes_of(brought) + '|' + touches_of(brought) + '\n';
        for (const auto& decision : brought.events) effects += decision.event.id + '\n';
        if (!look) continue;
        lived.engine.expect(std::array<std::string_view, 2>{record.customer.text, "nobody known"});
        for (std::size_t i = 0; i < lived.engine.population().size(); ++i) (void)lived.engine.row_of(i);
        (void)daemon::segments_report(lived.engine);
        (void)lived.engine.state_hash();
    }
    return effects;
}

}  // namespace

TEST_CASE("the same records give the same state hash and the same effects") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const auto records = random_records(seed);
        LivedEngine one(shop(regulars_rules)), other(shop(regulars_rules));

        const auto effects = play(one, records, false);
        const auto effects_again = play(other, records, false);

        INFO("seed " << seed);
        CHECK(effects == effects_again);
        CHECK(one.state_hash() == other.state_hash());
    }
}

TEST_CASE("expecting customers, looking at rows and reports between the records changes nothing") {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const auto records = random_records(seed);
        LivedEngine unseen(shop(regulars_rules)), watched(shop(regulars_rules));

        const auto effects = play(unseen, records, false);
        const auto effects_watched = play(watched, records, true);

        INFO("seed " << seed);
        CHECK(effects == effects_watched);
        CHECK(unseen.state_hash() == watched.state_hash());
    }
}

TEST_CASE("a record that does not follow the last one is refused and changes nothing") {
    LivedEngine lived(shop(regulars_rules));
    lived.take(purchase("ada", at("2027-01-02")));
    const auto before = lived.state_hash();
    auto record = purchase("ada", at("2027-01-03"));
    record.sequence = 4;

    const auto refused = lived.engine.apply(record);

    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::corrupt);
    CHECK(lived.engine.records() == 2);
    CHECK(lived.state_hash() == before);
}

TEST_CASE("a record that goes back in engine time is refused and changes nothing") {
    LivedEngine lived(shop(regulars_rules));
    lived.take(purchase("ada", at("2027-01-02")));
    const auto before = lived.state_hash();

    const auto refused = lived.offer(purchase("ada", at("2027-01-02") - microsecond));

    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message == "record 3: goes back in engine time");
    CHECK(to_text(lived.engine.engine_time()) == "2027-01-02T00:00:00Z");
    CHECK(lived.state_hash() == before);
}

TEST_CASE("a record before any workspace is refused") {
    daemon::Engine engine([](std::uint64_t, const daemon::RecordVisitor&) { return Result<void>(); });
    auto record = purchase("ada", at("2027-01-02"));
    record.sequence = 1;

    const auto refused = engine.apply(record);

    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message == "record 1: comes before any workspace");
    CHECK(engine.records() == 0);
}

TEST_CASE("a workspace that does not compile is refused and the running one goes on") {
    LivedEngine lived(shop(regulars_rules));
    lived.take(purchase("ada", at("2027-01-02")));
    const auto before = lived.state_hash();

    const auto refused =
        lived.offer(definitions(at("2027-05-01"), shop("segment: broken\nsteward: dana\nenter: x(\n")));

    REQUIRE_FALSE(refused.has_value());
    CHECK(to_text(lived.engine.engine_time()) == "2027-01-02T00:00:00Z");
    CHECK(lived.state_hash() == before);
    CHECK(changes_of(lived.take(purchase("ada", at("2027-01-03")))) == "ada+regulars@2027-01-03T00:00:00Z");
}

TEST_CASE("a timer fires at its own instant although the next record comes much later") {
    LivedEngine lived(shop(regulars_rules));
    lived.take(purchase("ada", at("2027-01-02T10:00:00Z")));
    lived.take(purchase("ada", at("2027-01-03")));

    const auto effects = lived.take(purchase("bob", at("2027-04-01")));

    CHECK(changes_of(effects) == "ada-regulars@2027-02-01T10:00:00Z");
    CHECK(effects.changes.at(0).cause == "time");
}

TEST_CASE("the next due instant is the exact lapse of the window that a segment reads") {
    LivedEngine lived(shop(regulars_rules));

    lived.take(purchase("ada", at("2027-01-20T10:00:00.000007Z")));

    CHECK(to_text(lived.engine.next_due()) == "2027-02-19T10:00:00.000007Z");
}

TEST_CASE("time stands still before the clock of the workspace is started") {
    auto files = shop(regulars_rules);
    files["workspace.yaml"] += "clock: {start: 1998-07-01}\n";
    LivedEngine lived(files, at("1998-07-01"));

    CHECK(to_text(lived.engine.time_at(at("2027-01-01"))) == "1998-07-01T00:00:00Z");
}

TEST_CASE("a clock record ties the engine's time to the wall and it runs at wall speed") {
    auto files = shop(regulars_rules);
    files["workspace.yaml"] += "clock: {start: 1998-07-01}\n";
    LivedEngine lived(files, at("1998-07-01"));
    auto clock = record_of("", at("1998-07-01"), ClockRecord{});
    clock.received_at = at("2027-01-01");

    lived.take(clock);

    CHECK(lived.engine.clock_is_tied());
    CHECK(to_text(lived.engine.time_at(at("2027-01-03"))) == "1998-07-03T00:00:00Z");
}

TEST_CASE("without a clock of its own the wall is the engine's time, never before the last record") {
    LivedEngine lived(shop(regulars_rules));

    CHECK(to_text(lived.engine.time_at(at("2027-02-01"))) == "2027-02-01T00:00:00Z");
    CHECK(to_text(lived.engine.time_at(at("2026-02-01"))) == "2027-01-01T00:00:00Z");
}

TEST_CASE("a signal claimed for the future counts at the engine's time") {
    LivedEngine lived(shop(regulars_rules));

    lived.take(late(purchase("ada", at("2027-01-02")), at("2027-09-01")));

    CHECK(to_text(lived.customer("ada").first_seen) == "2027-01-02T00:00:00Z");
}

TEST_CASE("a message of the same customer with the same id is a duplicate") {
    LivedEngine lived(shop(regulars_rules));
    auto record = purchase("ada", at("2027-01-02"));
    record.message_id = "m1";

    lived.take(record);

    CHECK(lived.engine.is_duplicate(CustomerId("ada"), "m1"));
    CHECK_FALSE(lived.engine.is_duplicate(CustomerId("bob"), "m1"));
    CHECK_FALSE(lived.engine.is_duplicate(CustomerId("ada"), ""));
}

}  // namespace segmentd::tests
