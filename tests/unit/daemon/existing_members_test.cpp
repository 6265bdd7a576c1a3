#include <catch2/catch.hpp>

#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

std::string rules_with(std::string_view existing_members) {
    return R"(
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
)" + std::string(existing_members) +
           R"(
touches:
  - {touch: thank_you, purpose: care, endpoint: crm}
---
endpoint: crm
owner: dana
mode: live
)";
}

Files contacting_shop() {
    return shop(rules_with("existing_members: contact"));
}

Record pause(Timestamp when, bool paused) {
    return record_of("", when, PauseRecord{PauseTarget::playbook, "thanks", paused});
}

}  // namespace

TEST_CASE("who entered by import is not contacted later either, unless the playbook says so") {
    LivedEngine lived(shop(rules_with("")));
    lived.take(historical(purchase("ada", at("2027-01-03"))));

    CHECK_FALSE(lived.engine.awaits_greeting());
    CHECK(touches_of(lived.take(greeting(at("2027-01-04")))).empty());
}

TEST_CASE("who entered by import is contacted by the record that greets where the playbook says so") {
    LivedEngine lived(contacting_shop());
    const auto imported = lived.take(historical(purchase("ada", at("2027-01-03"))));
    CHECK(lived.engine.awaits_greeting());

    const auto effects = lived.take(greeting(at("2027-01-04")));

    CHECK(touches_of(imported).empty());
    CHECK(touches_of(effects) == "ada thank_you send");
    CHECK(to_text(effects.events.front().event.at) == "2027-01-04T00:00:00Z");
    CHECK_FALSE(lived.engine.awaits_greeting());
}

TEST_CASE("no other record decides about existing members") {
    LivedEngine lived(contacting_shop());
    lived.take(historical(purchase("ada", at("2027-01-03"))));

    const auto visited = lived.take(visit("bob", at("2027-01-04")));
    const auto ticked = lived.take(tick(at("2027-01-05"), true));
    const auto learned = lived.take(record_of(
        "", at("2027-01-06"), LearningRecord{LearningSubject::segment, "buyers", LearningCause::market, "a text"}));

    CHECK(touches_of(visited) + touches_of(ticked) + touches_of(learned) == "");
    CHECK(lived.engine.awaits_greeting());
}

TEST_CASE("an existing member is contacted once") {
    LivedEngine lived(contacting_shop());
    lived.take(historical(purchase("ada", at("2027-01-03"))));
    lived.take(greeting(at("2027-01-04")));

    lived.take(definitions(at("2027-01-05"), contacting_shop(), "v2"));

    CHECK_FALSE(lived.engine.awaits_greeting());
    CHECK(touches_of(lived.take(greeting(at("2027-01-05")))).empty());
}

TEST_CASE("existing members wait while their playbook is paused and are contacted when it is resumed") {
    LivedEngine lived(contacting_shop());
    lived.take(historical(purchase("ada", at("2027-01-03"))));
    lived.take(pause(at("2027-01-04"), true));

    CHECK_FALSE(lived.engine.awaits_greeting());
    CHECK(touches_of(lived.take(greeting(at("2027-01-04")))).empty());
    REQUIRE(lived.engine.held_back_greetings().size() == 1);
    CHECK(lived.engine.held_back_greetings().front().reason == "playbook thanks is paused");

    lived.take(pause(at("2027-01-05"), false));
    CHECK(lived.engine.awaits_greeting());
    CHECK(touches_of(lived.take(greeting(at("2027-01-05")))) == "ada thank_you send");
}

TEST_CASE("a greeting of an older journal decided about members behind a pause for good") {
    LivedEngine lived(contacting_shop());
    lived.take(historical(purchase("ada", at("2027-01-03"))));
    lived.take(pause(at("2027-01-04"), true));

    CHECK(touches_of(lived.take(record_of("", at("2027-01-04"), TickRecord{.greets = true}))) ==
          "ada thank_you refused (playbook thanks is paused)");

    lived.take(pause(at("2027-01-05"), false));
    CHECK_FALSE(lived.engine.awaits_greeting());
}

TEST_CASE("who left before the greeting is no existing member") {
    LivedEngine lived(contacting_shop());
    lived.take(historical(purchase("ada", at("2027-01-03"))));
    lived.take(historical(purchase("bob", at("2027-02-03"))));

    const auto effects = lived.take(greeting(at("2027-02-04")));

    CHECK(touches_of(effects) == "bob thank_you send");
}

TEST_CASE("members who were contacted live are left alone when the playbook starts to ask for existing ones") {
    LivedEngine lived(shop(rules_with("")));
    lived.take(purchase("ada", at("2027-01-03")));

    lived.take(definitions(at("2027-01-04"), contacting_shop(), "v2"));

    CHECK(touches_of(lived.take(greeting(at("2027-01-04")))).empty());
}

TEST_CASE("definitions that make members of old customers contact them where the playbook says so") {
    LivedEngine lived(shop(rules_with("").replace(rules_with("").find("orders_10d >= 1"), 15, "orders_10d >= 9")));
    lived.take(purchase("ada", at("2027-01-03")));

    const auto applied = lived.take(definitions(at("2027-01-04"), contacting_shop(), "v2"));
    const auto greeted = lived.take(greeting(at("2027-01-04")));

    CHECK(changes_of(applied) == "ada+buyers@2027-01-04T00:00:00Z");
    CHECK(touches_of(applied).empty());
    CHECK(touches_of(greeted) == "ada thank_you send");
}

}  // namespace segmentd::tests
