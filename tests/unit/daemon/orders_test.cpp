#include "daemon/orders/orders.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

namespace json = boost::json;

Files ordered_shop() {
    auto files = shop(R"(
segment: buyers
steward: dana
playbook: thanks
enter: profile.plan == "pro"
---
playbook: thanks
touches:
  - {touch: thank_you, purpose: care, endpoint: crm}
  - {touch: goodbye, when: left, purpose: care, endpoint: crm}
---
endpoint: crm
owner: dana
)");
    files["workspace.yaml"] += "testers:\n  - {tester: dana_inbox, customer: tester-1}\n";
    return files;
}

Result<Record> order(const LivedEngine& lived, const char* kind, const char* words) {
    return daemon::make_order(lived.engine, kind, json::parse(words).as_object(), "person:dana");
}

std::string refusal(const LivedEngine& lived, const char* kind, const char* words) {
    const auto made = order(lived, kind, words);
    return made ? std::string() : made.error().message;
}

}  // namespace

TEST_CASE("a pause is recorded with actor and reason") {
    LivedEngine lived(ordered_shop());

    const auto made = order(lived, "pause", R"({"target":"playbook","name":"thanks","reason":"complaints"})");

    REQUIRE(made.has_value());
    CHECK(made->actor == "person:dana");
    CHECK(made->reason == "complaints");
    CHECK(std::get<PauseRecord>(made->payload) == PauseRecord{PauseTarget::playbook, "thanks", true});
}

TEST_CASE("a pause needs a reason, a known target and a known name") {
    LivedEngine lived(ordered_shop());

    CHECK(refusal(lived, "pause", R"({"target":"playbook","name":"thanks"})") == "'reason' is missing");
    CHECK(refusal(lived, "pause", R"({"target":"segment","name":"buyers","reason":"x"})") ==
          "'segment' is no target; write one of playbook, pilot, endpoint");
    CHECK(refusal(lived, "pause", R"({"target":"pilot","name":"spring","reason":"x"})") ==
          "the definitions in force have no pilot 'spring'");
}

TEST_CASE("a name alone says what is paused where only one thing has it") {
    LivedEngine lived(ordered_shop());

    const auto made = order(lived, "pause", R"({"name":"crm","reason":"x"})");

    REQUIRE(made.has_value());
    CHECK(std::get<PauseRecord>(made->payload).target == PauseTarget::endpoint);
    CHECK(refusal(lived, "pause", R"({"name":"spring","reason":"x"})") ==
          "the definitions in force have no playbook, pilot or endpoint 'spring'");
}

TEST_CASE("what runs cannot be resumed and what is paused cannot be paused") {
    LivedEngine lived(ordered_shop());
    CHECK(refusal(lived, "resume", R"({"target":"endpoint","name":"crm","reason":"x"})") ==
          "endpoint crm is not paused");

    lived.take(record_of("", at("2027-01-02"), PauseRecord{PauseTarget::endpoint, "crm", true}));

    CHECK(refusal(lived, "pause", R"({"target":"endpoint","name":"crm","reason":"x"})") ==
          "endpoint crm is paused already");
}

TEST_CASE("a touch test names its touch where the playbook has several, and a listed tester") {
    LivedEngine lived(ordered_shop());

    CHECK(refusal(lived, "touch_test", R"({"playbook":"thanks","tester":"dana_inbox"})") ==
          "playbook thanks has 2 touches");
    CHECK(refusal(lived, "touch_test", R"({"playbook":"thanks","tester":"ada"})") ==
          "the workspace lists no tester 'ada'");
    CHECK(refusal(lived, "touch_test", R"({"playbook":"thanks","tester":"dana_inbox","touch":"goodbye"})").empty());
}

TEST_CASE("a suppressed tester is sent no test") {
    LivedEngine lived(ordered_shop());
    lived.take(record_of("tester-1", at("2027-01-02"), SuppressionRecord{true}));

    CHECK(refusal(lived, "touch_test", R"({"playbook":"thanks","tester":"dana_inbox","touch":"goodbye"})") ==
          "tester dana_inbox is suppressed as customer tester-1");
}

TEST_CASE("a learning is about a known segment or pilot and has a cause") {
    LivedEngine lived(ordered_shop());

    const auto made =
        order(lived, "learning", R"({"subject":"segment","name":"buyers","cause":"market","text":"Prices fell."})");

    REQUIRE(made.has_value());
    CHECK(std::get<LearningRecord>(made->payload).text == "Prices fell.");
    CHECK(refusal(lived, "learning", R"({"subject":"segment","name":"x","cause":"market","text":"y"})") ==
          "the definitions in force have no segment 'x'");
    CHECK(refusal(lived, "learning", R"({"subject":"segment","name":"buyers","cause":"luck","text":"y"})") ==
          "'luck' is no cause; write one of data_gap, process, market, hypothesis");
}

TEST_CASE("an order with a text that is not UTF-8 is refused, whichever text it is") {
    LivedEngine lived(ordered_shop());
    const auto refused = [&](const char* kind, json::object words, const char* name) {
        words[name] =
            "Stra\xdf"
            "e";
        const auto made = daemon::make_order(lived.engine, kind, words, "person:dana");
        REQUIRE_FALSE(made.has_value());
        CHECK(made.error().message == std::string("'") + name + "' is not UTF-8");
        CHECK(made.error().code == ErrorCode::invalid);
    };

    const json::object learning{{"subject", "segment"}, {"name", "buyers"}, {"cause", "market"}, {"text", "x"}};
    for (const char* name : {"subject", "name", "cause", "text", "reason"}) refused("learning", learning, name);
    for (const char* name : {"name", "reason"}) refused("pause", {{"name", "crm"}, {"reason", "x"}}, name);
    refused("touch_test", {{"playbook", "thanks"}, {"touch", "goodbye"}}, "tester");
}

TEST_CASE("an action on a review that does not exist is refused") {
    LivedEngine lived(ordered_shop());

    CHECK(refusal(lived, "review", R"({"review":7,"action":"keep","reason":"x"})") == "there is no review 7");
}

TEST_CASE("a review is snoozed for 90 days at most") {
    LivedEngine lived(ordered_shop(), at("2027-01-01"));
    const auto until = [&](const char* day) {
        return refusal(lived, "review",
                       (R"({"review":7,"action":"snooze","reason":"x","until":")" + std::string(day) + "\"}").c_str());
    };

    CHECK(until("2027-04-01") == "there is no review 7");
    CHECK(until("2027-04-02") == "2027-04-02T00:00:00Z is more than 90 days ahead");
}

}  // namespace segmentd::tests
