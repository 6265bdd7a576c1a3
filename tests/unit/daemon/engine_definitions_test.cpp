// New definitions in a running engine: what is derived from signals is derived again, what was
// decided stays, and a failure leaves everything as it was.
#include <catch2/catch.hpp>

#include "base/random.hpp"
#include "rules/expression/value_text.hpp"
#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

constexpr std::string_view one_feature = R"(
feature: orders
signal: purchase
compute: count
---
segment: buyers
steward: dana
enter: feature.orders >= 1
)";

constexpr std::string_view many_features = R"(
feature: orders
signal: purchase
compute: count
---
feature: spend_20d
signal: purchase
compute: sum
value: event.amount
window: 20d
---
feature: largest_5d
signal: purchase
compute: max
value: event.amount
window: 5d
---
feature: kinds
signal: purchase
compute: distinct
value: event.items
where: event.amount > 5.0
---
feature: first_items
signal: purchase
compute: first
value: event.items
---
feature: days_since_order
signal: purchase
compute: recency
---
segment: buyers
steward: dana
enter: feature.orders >= 1
---
segment: big
steward: dana
enter: feature.spend_20d >= 50.0
)";

constexpr std::string_view other_segment = R"(
feature: orders
signal: purchase
compute: count
---
segment: collectors
steward: dana
enter: feature.orders >= 3
)";

std::string row_text(const LivedEngine& lived, std::size_t customer) {
    std::string text;
    for (const auto& value : lived.engine.row_of(customer)) {
        text += value.is_missing() ? "-" : rules::expression::to_json_text(value);
        text += ' ';
    }
    return text;
}

std::vector<Record> random_purchases(std::uint64_t seed) {
    Random random(seed, "purchases before new definitions");
    std::vector<Record> records;
    auto now = at("2027-01-01");
    for (int i = 0; i < 80; ++i) {
        now += std::chrono::hours(random.below(30));
        auto record =
            purchase("customer " + std::to_string(random.below(5)), now, static_cast<std::int64_t>(random.below(3000)));
        std::get<SignalRecord>(record.payload).properties["items"] = static_cast<std::int64_t>(random.below(4));
        if (random.bernoulli(0.3)) record.occurred_at -= Days(static_cast<int>(random.below(25)));
        records.push_back(std::move(record));
    }
    return records;
}

}  // namespace

TEST_CASE("definitions that were taken once fold although they would be refused today") {
    const Files files = shop(R"(
segment: everybody
steward: dana
enter: "true"
---
playbook: unused
)");
    REQUIRE_FALSE(daemon::compile_workspace(files));

    LivedEngine shop_engine(files);
    const auto effects = shop_engine.take(purchase("ann", at("2027-01-02")));

    CHECK(effects.changes.size() == 1);
}

TEST_CASE("whoever is in a segment that new definitions do not have leaves it with them") {
    LivedEngine shop_engine(shop(one_feature));
    shop_engine.take(purchase("ann", at("2027-01-02")));

    const auto effects = shop_engine.take(definitions(at("2027-01-03"), shop(""), "v2"));

    REQUIRE(effects.changes.size() == 1);
    const auto& change = effects.changes.front();
    CHECK(change.customer == CustomerId("ann"));
    CHECK(change.segment == SegmentId("buyers"));
    CHECK_FALSE(change.entered);
    CHECK(change.at == at("2027-01-03"));
    CHECK(change.cause == "definitions v2");
    CHECK(effects.events.empty());
}

TEST_CASE("features of new definitions equal those of an engine that had them from the start") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        LivedEngine changed(shop(one_feature)), always(shop(many_features));
        for (const auto& record : random_purchases(seed)) {
            changed.take(record);
            always.take(record);
        }
        const auto when = changed.engine.engine_time() + std::chrono::hours(7);

        changed.take(definitions(when, shop(many_features), "v2"));
        always.take(tick(when));

        INFO("seed " << seed);
        for (std::size_t i = 0; i < always.engine.population().size(); ++i) {
            CHECK(row_text(changed, i) == row_text(always, i));
        }
        CHECK(to_text(changed.engine.next_due()) == to_text(always.engine.next_due()));
    }
}

TEST_CASE("new definitions decide about everybody and contact nobody") {
    constexpr std::string_view with_playbook = R"(
feature: orders
signal: purchase
compute: count
---
segment: buyers
steward: dana
playbook: thanks
enter: feature.orders >= 1
---
playbook: thanks
touches: [{touch: hello, purpose: care, endpoint: crm}]
---
endpoint: crm
owner: dana
mode: live
)";
    LivedEngine lived(shop("feature: orders\nsignal: purchase\ncompute: count\n"));
    lived.take(purchase("ada", at("2027-01-02")));

    const auto effects = lived.take(definitions(at("2027-01-03"), shop(with_playbook), "v2"));

    CHECK(changes_of(effects) == "ada+buyers@2027-01-03T00:00:00Z");
    CHECK(effects.changes.at(0).cause == "definitions v2");
    CHECK(effects.events.empty());
}

TEST_CASE("a membership of a segment that is still defined keeps its beginning") {
    LivedEngine lived(shop(one_feature));
    lived.take(purchase("ada", at("2027-01-02")));

    lived.take(definitions(at("2027-02-01"), shop(many_features), "v2"));

    CHECK(to_text(lived.membership("ada", "buyers")->since) == "2027-01-02T00:00:00Z");
}

TEST_CASE("a membership of a segment that is no longer defined is gone") {
    LivedEngine lived(shop(one_feature));
    lived.take(purchase("ada", at("2027-01-02")));

    lived.take(definitions(at("2027-02-01"), shop(other_segment), "v2"));

    CHECK(lived.customer("ada").memberships.empty());
    CHECK_FALSE(lived.is_member("ada", "collectors"));
}

TEST_CASE("an engine that cannot read its past refuses new definitions and changes nothing") {
    LivedEngine lived(shop(many_features));
    lived.take(purchase("ada", at("2027-01-02"), 6000));
    const auto before = lived.state_hash();
    lived.past_is_unavailable = true;

    const auto refused = lived.offer(definitions(at("2027-03-01"), shop(one_feature), "v2"));

    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::unavailable);
    CHECK(lived.engine.records() == 2);
    CHECK(to_text(lived.engine.engine_time()) == "2027-01-02T00:00:00Z");
    CHECK(lived.state_hash() == before);
    CHECK(changes_of(lived.take(tick(at("2027-03-01")))) == "ada-big@2027-01-22T00:00:00Z");
}

TEST_CASE("timers due before new definitions still fire under the old ones") {
    LivedEngine lived(shop(many_features));
    lived.take(purchase("ada", at("2027-01-02"), 6000));

    const auto effects = lived.take(definitions(at("2027-03-01"), shop(one_feature), "v2"));

    CHECK(changes_of(effects) == "ada-big@2027-01-22T00:00:00Z");
}

TEST_CASE("a model takes effect for everybody at its record and contacts nobody") {
    constexpr std::string_view with_model = R"(
feature: orders
signal: purchase
compute: count
---
model: churn
type: logistic
features: [orders]
target: {condition: feature.orders > 1, within: 30d}
scores:
  likely: {output: probability}
---
segment: likely
steward: dana
playbook: thanks
enter: score.likely > 0.5
---
playbook: thanks
touches: [{touch: hello, purpose: care, endpoint: crm}]
---
endpoint: crm
owner: dana
mode: live
)";
    LivedEngine lived(shop(with_model));
    lived.take(purchase("ada", at("2027-01-02")));
    ModelRecord model;
    model.model = ModelId("churn");
    model.type = "logistic";
    model.version = 1;
    model.parameters = {{"intercept", -1.0}, {"coefficient.orders", 2.0}};

    const auto effects = lived.take(record_of("", at("2027-01-03"), model));

    CHECK(changes_of(effects) == "ada+likely@2027-01-03T00:00:00Z");
    CHECK(effects.changes.at(0).cause == "model churn v1");
    CHECK(effects.events.empty());
}

}  // namespace segmentd::tests
