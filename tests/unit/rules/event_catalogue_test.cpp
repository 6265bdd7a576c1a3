#include "rules/playbooks/event_catalogue.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "rules/definitions/words.hpp"
#include "tests/unit/rules/workspace_files.hpp"

namespace segmentd::rules {

namespace json = boost::json;

TEST_CASE("the committed page of events is what the catalogue says") {
    const auto page = event_reference();

    CHECK(page == tests::approved_text(tests::source_folder() / "docs/reference/events.md", page));
}

TEST_CASE("every word for an event stands in the catalogue once, in the same order") {
    REQUIRE(event_catalogue().size() == words_of<EventType>.size());
    for (std::size_t i = 0; i < event_catalogue().size(); ++i) {
        CHECK(event_catalogue()[i].type == words_of<EventType>[i].value);
    }
}

TEST_CASE("every sample has the members that its schema requires, and none that it does not know") {
    for (const auto& kind : event_catalogue()) {
        INFO(to_word(kind.type));
        const auto schema = json::parse(data_schema(kind));
        for (const bool with_optional : {true, false}) {
            const auto data = json::parse(sample_event(kind, with_optional, {}).data).as_object();
            for (const auto& name : schema.at("required").as_array()) CHECK(data.contains(name.as_string()));
            for (const auto& [name, value] : data) CHECK(schema.at("properties").as_object().contains(name));
        }
    }
}

TEST_CASE("a CloudEvent without a customer has no subject") {
    const auto touch = json::parse(cloud_event(sample_event(event_kind(EventType::touch), false, {})));
    const auto review = json::parse(cloud_event(sample_event(event_kind(EventType::review_opened), false, {})));

    CHECK(touch.at("subject").as_string() == "c_1042");
    CHECK(touch.at("time").as_string() == "2026-11-02T09:00:00Z");
    CHECK_FALSE(review.as_object().contains("subject"));
}

TEST_CASE("the event of a test has the members of the first type that the endpoint takes") {
    EndpointDefinition endpoint;
    endpoint.events = {EventType::segment_left, EventType::touch};

    const auto event = test_event(endpoint, R"({"feature.orders":3})");

    CHECK(event.type == "endpoint.test");
    CHECK(event.data == sample_event(event_kind(EventType::segment_left), true, R"({"feature.orders":3})").data);
}

}  // namespace segmentd::rules
