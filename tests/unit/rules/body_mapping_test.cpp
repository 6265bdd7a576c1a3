#include "rules/playbooks/body_mapping.hpp"

#include <catch2/catch.hpp>

#include "rules/expression/json_value.hpp"
#include "rules/expression/value_text.hpp"

namespace segmentd::rules {
namespace {

expression::Program compiled(const std::string& text) {
    return expression::compile(text, envelope_scope(), expression::Limits{}).value();
}

EventEnvelope event_of_ada() {
    EventEnvelope event;
    event.id = "touch_1";
    event.type = "touch";
    event.source = "/segmentd/shop";
    event.time = parse_timestamp("2027-01-02T03:04:05Z").value();
    event.subject = "ada";
    event.data = R"({"customer":"ada","score":0.5,"seats":3,"tags":["a",null,true]})";
    return event;
}

}  // namespace

TEST_CASE("a mapping of members becomes a JSON object of their values") {
    CompiledBody body;
    body.members.emplace("Email address", compiled("event.subject + \"@example.com\""));
    body.members.emplace("Seats", compiled("event.data.seats + 1"));
    body.members.emplace("When", compiled("event.time"));

    CHECK(make_body(body, event_of_ada()).value() ==
          R"({"Email address": "ada@example.com", "Seats": 4, "When": "2027-01-02T03:04:05Z"})");
}

TEST_CASE("one expression gives the whole body") {
    CompiledBody body;
    body.whole = compiled(R"({"id": event.id, "all": event.data})");

    CHECK(make_body(body, event_of_ada()).value() ==
          R"({"all": {"customer": "ada", "score": 0.5, "seats": 3, "tags": ["a", null, true]}, "id": "touch_1"})");
}

TEST_CASE("a text is JSON in a JSON body and stands without quotes in another") {
    CompiledBody body;
    body.whole = compiled("\"Call \" + event.subject");

    CHECK(make_body(body, event_of_ada()).value() == "\"Call ada\"");
    body.is_json = false;
    CHECK(make_body(body, event_of_ada()).value() == "Call ada");
}

TEST_CASE("a member without a value is named with the reason") {
    CompiledBody body;
    body.members.emplace("Arm", compiled("event.data.arm"));

    const auto refused = make_body(body, event_of_ada());

    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message == "Arm: the map has no key arm");
}

TEST_CASE("the subject is missing where the event is about no customer") {
    CompiledBody body;
    body.whole = compiled("has(event.subject) ? event.subject : \"nobody\"");
    auto event = event_of_ada();
    event.subject = "";

    CHECK(make_body(body, event).value() == "\"nobody\"");
}

TEST_CASE("without a mapping the body is the CloudEvent") {
    CHECK(make_body({}, event_of_ada()).value() == cloud_event(event_of_ada()));
}

TEST_CASE("JSON becomes values of CEL, and what is no JSON is refused") {
    using expression::value_of_json;

    CHECK(to_json_text(value_of_json(R"({"b":[1,2.5,"x"],"a":{}})").value()) == R"({"a": {}, "b": [1, 2.5, "x"]})");
    CHECK(value_of_json("18446744073709551615")->kind() == expression::Kind::unsigned_integer);
    CHECK_FALSE(value_of_json("{").has_value());
}

}  // namespace segmentd::rules
