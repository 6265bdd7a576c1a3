#include <catch2/catch.hpp>

#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

constexpr std::string_view thanks_rules = R"(
feature: orders_10d
signal: purchase
compute: count
window: 10d
---
segment: buyers
steward: dana
playbook: thanks
enter: feature.orders_10d >= 1
---
playbook: thanks
touches:
  - {touch: thank_you, purpose: care, endpoint: crm}
---
endpoint: crm
owner: dana
mode: live
events: [touch, segment.entered]
)";

Files tested_shop() {
    auto files = shop(thanks_rules);
    files["workspace.yaml"] += "testers:\n  - {tester: dana_inbox, customer: tester-1}\n";
    return files;
}

Record pause(PauseTarget target, std::string name, bool paused = true) {
    auto record = record_of("", at("2027-01-02"), PauseRecord{target, std::move(name), paused});
    record.actor = "person:dana";
    record.reason = "complaints";
    return record;
}

}  // namespace

TEST_CASE("a paused playbook refuses its touches with the reason, other events go on") {
    LivedEngine lived(shop(thanks_rules));
    lived.take(pause(PauseTarget::playbook, "thanks"));

    const auto effects = lived.take(purchase("ada", at("2027-01-03")));

    CHECK(touches_of(effects) == "ada thank_you refused (playbook thanks is paused)");
    REQUIRE(effects.events.size() == 2);
    CHECK(effects.events[1].event.type == "segment.entered");
    CHECK(effects.events[1].fate == daemon::TouchFate::send);
}

TEST_CASE("a paused endpoint is sent nothing") {
    LivedEngine lived(shop(thanks_rules));
    lived.take(pause(PauseTarget::endpoint, "crm"));

    const auto effects = lived.take(purchase("ada", at("2027-01-03")));

    REQUIRE(effects.events.size() == 2);
    for (const auto& decision : effects.events) CHECK(decision.reason == "endpoint crm is paused");
    CHECK(lived.engine.outbox().pending().empty());
}

TEST_CASE("after a resume the next decision is sent again") {
    LivedEngine lived(shop(thanks_rules));
    lived.take(pause(PauseTarget::playbook, "thanks"));
    lived.take(pause(PauseTarget::playbook, "thanks", false));

    const auto effects = lived.take(purchase("ada", at("2027-01-03")));

    CHECK(touches_of(effects) == "ada thank_you send");
}

TEST_CASE("a pause keeps who ordered it, when and why") {
    LivedEngine lived(shop(thanks_rules));

    lived.take(pause(PauseTarget::pilot, "spring"));

    const auto* found = lived.engine.pauses().find(PauseTarget::pilot, "spring");
    REQUIRE(found != nullptr);
    CHECK(to_text(found->since) == "2027-01-02T00:00:00Z");
    CHECK(found->by == "person:dana");
    CHECK(found->reason == "complaints");
}

TEST_CASE("entering a segment is told to endpoints that want to know, once each") {
    LivedEngine lived(shop(thanks_rules));

    const auto effects = lived.take(purchase("ada", at("2027-01-03")));

    REQUIRE(effects.events.size() == 2);
    const auto& told = effects.events[1].event;
    CHECK(told.id.starts_with("event_"));
    CHECK(
        told.data ==
        R"({"cause":"signal purchase","customer":"ada","segment":"buyers","segment_version":"78ec773a3314","values":{"feature.orders_10d":1},"version":")" +
            lived.engine.population().book().definitions.version + R"("})");
}

TEST_CASE("nothing is told about a suppressed customer") {
    LivedEngine lived(shop(thanks_rules));
    lived.take(record_of("ada", at("2027-01-02"), SuppressionRecord{true}));

    const auto effects = lived.take(purchase("ada", at("2027-01-03")));

    REQUIRE(effects.events.size() == 1);
    CHECK(touches_of(effects) == "ada thank_you refused (suppressed)");
}

TEST_CASE("every decision says what asked for it and why it was taken so") {
    LivedEngine lived(tested_shop());

    auto sent = lived.take(purchase("ada", at("2027-01-03"))).events;
    auto order =
        record_of("", at("2027-01-04"), TesterTouchRecord{PlaybookId("thanks"), TouchId("thank_you"), "dana_inbox"});
    order.actor = "person:dana";
    auto tested = lived.take(std::move(order)).events;

    REQUIRE(sent.size() == 2);
    for (const auto& decision : sent) {
        CHECK(decision.cause == "entered buyers: signal purchase");
        CHECK(decision.reason == "endpoint crm is live");
    }
    REQUIRE(tested.size() == 1);
    CHECK(tested[0].cause == "a test ordered by person:dana");
    CHECK(tested[0].reason == "tests go out whatever the endpoint's mode is");
}

TEST_CASE("a test touch goes to the tester and makes no customer") {
    LivedEngine lived(tested_shop());

    const auto effects = lived.take(
        record_of("", at("2027-01-02"), TesterTouchRecord{PlaybookId("thanks"), TouchId("thank_you"), "dana_inbox"}));

    REQUIRE(effects.events.size() == 1);
    CHECK(effects.events[0].fate == daemon::TouchFate::send);
    CHECK(member_of(effects.events[0].event, "customer") == "tester-1");
    CHECK(effects.events[0].event.data.find("\"test\":true") != std::string::npos);
    CHECK(lived.engine.population().size() == 0);
}

TEST_CASE("a test touch through a paused endpoint is refused") {
    LivedEngine lived(tested_shop());
    lived.take(pause(PauseTarget::endpoint, "crm"));

    const auto effects = lived.take(
        record_of("", at("2027-01-02"), TesterTouchRecord{PlaybookId("thanks"), TouchId("thank_you"), "dana_inbox"}));

    REQUIRE(effects.events.size() == 1);
    CHECK(effects.events[0].reason == "endpoint crm is paused");
}

TEST_CASE("an endpoint that only fails for 5 days is paused by the system with the reason") {
    LivedEngine lived(shop(thanks_rules));
    const auto sent = lived.take(purchase("ada", at("2027-01-03"))).events.front().event;
    const auto fail_on = [&](const char* day, std::int64_t attempt) {
        return lived.take(
            record_of("ada", at(day), DeliveryRecord{sent.id, DeliveryOutcome::failed, attempt, 503, ""}));
    };
    for (std::int64_t attempt = 1; attempt <= 9; ++attempt) fail_on("2027-01-03", attempt);

    const auto before = fail_on("2027-01-07", 10);
    const auto after = fail_on("2027-01-08", 11);

    CHECK(before.facts.empty());
    REQUIRE(after.facts.size() == 1);
    const auto& pause = std::get<PauseRecord>(after.facts[0].payload);
    CHECK((pause.target == PauseTarget::endpoint && pause.name == "crm" && pause.paused));
    CHECK(after.facts[0].reason ==
          "nothing but failures since 2027-01-03T00:00:00Z, 11 in a row, the last one HTTP 503");
}

TEST_CASE("one delivery, or a resume, begins the five days anew") {
    LivedEngine lived(shop(thanks_rules));
    const auto sent = lived.take(purchase("ada", at("2027-01-03"))).events;
    for (std::int64_t attempt = 1; attempt <= 20; ++attempt) {
        lived.take(record_of("ada", at("2027-01-03"),
                             DeliveryRecord{sent[0].event.id, DeliveryOutcome::failed, attempt, 503, ""}));
    }
    lived.take(
        record_of("ada", at("2027-01-07"), DeliveryRecord{sent[1].event.id, DeliveryOutcome::delivered, 1, 200, ""}));

    const auto effects = lived.take(
        record_of("ada", at("2027-01-09"), DeliveryRecord{sent[0].event.id, DeliveryOutcome::failed, 21, 503, ""}));

    CHECK(effects.facts.empty());
    CHECK(lived.engine.outbox().tallies().at(EndpointId("crm")).failed_in_a_row == 1);
}

TEST_CASE("what is sent again waits under its old id") {
    LivedEngine lived(shop(thanks_rules));
    const auto sent = lived.take(purchase("ada", at("2027-01-03"))).events.front().event;
    lived.take(record_of("", at("2027-01-04"), DeliveryRecord{sent.id, DeliveryOutcome::delivered, 1, 200, ""}));
    REQUIRE(lived.engine.outbox().find(sent.id) == nullptr);

    lived.take(record_of("ada", at("2027-01-05"), ResendRecord{sent.id, sent.endpoint, sent.type, sent.at, sent.data}));

    const auto* waiting = lived.engine.outbox().find(sent.id);
    REQUIRE(waiting != nullptr);
    CHECK(waiting->attempts == 0);
    CHECK(waiting->event.data == sent.data);
}

}  // namespace segmentd::tests
