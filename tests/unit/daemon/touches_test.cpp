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
  - {touch: thank_you, purpose: offers, endpoint: crm, channel: email, message: Thank you.}
  - {touch: goodbye, when: left, purpose: care, endpoint: crm}
  - {touch: letter, purpose: care, endpoint: print_shop}
---
endpoint: crm
owner: dana
mode: live
---
endpoint: print_shop
owner: dana
)";

void agree(LivedEngine& lived) {
    lived.take(consent("ada", at("2027-01-02"), "offers", true));
}

const daemon::EventDecision& only_sent(const daemon::Effects& effects) {
    REQUIRE_FALSE(effects.events.empty());
    return effects.events.front();
}

}  // namespace

TEST_CASE("a customer who consented is sent the touch when they enter") {
    LivedEngine lived(shop(thanks_rules));
    agree(lived);

    const auto effects = lived.take(purchase("ada", at("2027-01-03")));

    const auto& touch = only_sent(effects);
    CHECK(member_of(touch.event, "touch") == "thank_you");
    CHECK(touch.fate == daemon::TouchFate::send);
    CHECK(member_of(touch.event, "message") == "Thank you.");
    CHECK(to_text(touch.event.at) == "2027-01-03T00:00:00Z");
}

TEST_CASE("a customer who never answered is refused a touch whose purpose needs consent") {
    LivedEngine lived(shop(thanks_rules));

    const auto effects = lived.take(purchase("ada", at("2027-01-03")));

    CHECK(touches_of(effects) ==
          "ada thank_you refused (no_consent offers); ada letter shadow (endpoint print_shop is in shadow)");
}

TEST_CASE("consent that comes with the signal itself counts for its touch") {
    LivedEngine lived(shop(thanks_rules));
    auto record = purchase("ada", at("2027-01-03"));
    record.consent["offers"] = true;

    const auto effects = lived.take(record);

    CHECK(only_sent(effects).fate == daemon::TouchFate::send);
}

TEST_CASE("withdrawn consent refuses the next touch") {
    LivedEngine lived(shop(thanks_rules));
    agree(lived);
    lived.take(consent("ada", at("2027-01-02"), "offers", false));

    const auto effects = lived.take(purchase("ada", at("2027-01-03")));

    CHECK(only_sent(effects).reason == "no_consent offers");
}

TEST_CASE("an objection refuses a touch of legitimate interest") {
    LivedEngine lived(shop(thanks_rules));
    lived.take(consent("ada", at("2027-01-02"), "care", false));

    const auto effects = lived.take(purchase("ada", at("2027-01-03")));

    CHECK(touches_of(effects) == "ada thank_you refused (no_consent offers); ada letter refused (no_consent care)");
}

TEST_CASE("a suppressed customer gets nothing, whatever they consented to") {
    LivedEngine lived(shop(thanks_rules));
    agree(lived);
    lived.take(record_of("ada", at("2027-01-02"), SuppressionRecord{true}));

    const auto effects = lived.take(purchase("ada", at("2027-01-03")));

    CHECK(touches_of(effects) == "ada thank_you refused (suppressed); ada letter refused (suppressed)");
}

TEST_CASE("a lifted suppression lets touches out again") {
    LivedEngine lived(shop(thanks_rules));
    agree(lived);
    lived.take(record_of("ada", at("2027-01-02"), SuppressionRecord{true}));
    lived.take(record_of("ada", at("2027-01-02"), SuppressionRecord{false}));

    const auto effects = lived.take(purchase("ada", at("2027-01-03")));

    CHECK(only_sent(effects).fate == daemon::TouchFate::send);
}

TEST_CASE("an endpoint without a mode is in shadow: decided, recorded and not pending") {
    LivedEngine lived(shop(thanks_rules));

    const auto effects = lived.take(purchase("ada", at("2027-01-03")));

    CHECK(effects.events.size() == 2);
    CHECK(lived.engine.outbox().pending().empty());
}

TEST_CASE("a touch for leaving is decided at the instant the window lapses") {
    LivedEngine lived(shop(thanks_rules));
    lived.take(purchase("ada", at("2027-01-03T08:00:00Z")));

    const auto effects = lived.take(tick(at("2027-02-01")));

    CHECK(touches_of(effects) == "ada goodbye send");
    CHECK(to_text(only_sent(effects).event.at) == "2027-01-13T08:00:00Z");
}

TEST_CASE("imported history contacts nobody, neither for the record nor for the timers before it") {
    LivedEngine lived(shop(thanks_rules));
    agree(lived);

    const auto entered = lived.take(historical(purchase("ada", at("2027-01-03"))));
    const auto left = lived.take(historical(purchase("bob", at("2027-03-03"))));

    CHECK(changes_of(entered) == "ada+buyers@2027-01-03T00:00:00Z");
    CHECK(entered.events.empty());
    CHECK(changes_of(left) == "ada-buyers@2027-01-13T00:00:00Z bob+buyers@2027-03-03T00:00:00Z");
    CHECK(left.events.empty());
}

TEST_CASE("catch-up after a long silence contacts nobody") {
    LivedEngine lived(shop(thanks_rules));
    lived.take(purchase("ada", at("2027-01-03")));

    const auto effects = lived.take(tick(at("2027-03-03"), true));

    CHECK(changes_of(effects) == "ada-buyers@2027-01-13T00:00:00Z");
    CHECK(effects.events.empty());
}

TEST_CASE("a clock record contacts nobody for the time it skips") {
    LivedEngine lived(shop(thanks_rules));
    lived.take(purchase("ada", at("2027-01-03")));

    const auto effects = lived.take(record_of("", at("2027-03-03"), ClockRecord{}));

    CHECK(changes_of(effects) == "ada-buyers@2027-01-13T00:00:00Z");
    CHECK(effects.events.empty());
}

TEST_CASE("the same decision has the same id wherever it is taken") {
    LivedEngine lived(shop(thanks_rules));
    LivedEngine elsewhere(shop(thanks_rules));
    elsewhere.take(visit("someone else", at("2027-01-01")));

    const auto here = lived.take(purchase("ada", at("2027-01-03")));
    const auto there = elsewhere.take(purchase("ada", at("2027-01-03")));

    CHECK(only_sent(here).event.id == only_sent(there).event.id);
    CHECK(only_sent(here).event.id.size() == std::string("touch_").size() + 32);
}

TEST_CASE("another customer, another touch and another entry each have an id of their own") {
    LivedEngine lived(shop(thanks_rules));
    std::vector<std::string> ids;
    const auto keep_ids = [&](const daemon::Effects& effects) {
        for (const auto& decision : effects.events) ids.push_back(decision.event.id);
    };

    keep_ids(lived.take(purchase("ada", at("2027-01-03"))));
    keep_ids(lived.take(purchase("bob", at("2027-01-03"))));
    keep_ids(lived.take(purchase("ada", at("2027-03-03"))));

    CHECK(ids.size() == 8);
    CHECK(std::set(ids.begin(), ids.end()).size() == 8);
}

TEST_CASE("a delivered touch is no longer pending and a failed attempt still is") {
    LivedEngine lived(shop(thanks_rules));
    agree(lived);
    const auto id = only_sent(lived.take(purchase("ada", at("2027-01-03")))).event.id;

    lived.take(
        record_of("", at("2027-01-04"), DeliveryRecord{id, DeliveryOutcome::failed, 1, 503, "busy", "http_5xx"}));
    const auto after_failure = lived.engine.outbox().pending().size();
    const auto error = lived.engine.outbox().tallies().at(EndpointId("crm")).last_error;
    lived.take(record_of("", at("2027-01-04"), DeliveryRecord{id, DeliveryOutcome::delivered, 2, 200, ""}));

    CHECK(after_failure == 1);
    CHECK(lived.engine.outbox().pending().empty());
    CHECK(lived.engine.outbox().tallies().at(EndpointId("crm")).delivered == 1);
    CHECK(error == "http_5xx: HTTP 503");
    CHECK(lived.engine.outbox().tallies().at(EndpointId("crm")).last_error.empty());
}

TEST_CASE("a touch that was given up is no longer pending") {
    LivedEngine lived(shop(thanks_rules));
    agree(lived);
    const auto id = only_sent(lived.take(purchase("ada", at("2027-01-03")))).event.id;

    lived.take(record_of("", at("2027-01-04"), DeliveryRecord{id, DeliveryOutcome::given_up, 9, 410, "gone"}));

    CHECK(lived.engine.outbox().pending().empty());
}

TEST_CASE("a delivery of a touch that nobody decided changes nothing") {
    LivedEngine lived(shop(thanks_rules));

    lived.take(record_of("", at("2027-01-04"), DeliveryRecord{"touch_0", DeliveryOutcome::delivered, 1, 200, ""}));

    CHECK(lived.engine.outbox().tallies().empty());
}

}  // namespace segmentd::tests
