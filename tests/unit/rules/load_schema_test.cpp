// The JSON Schemas under config/schema and the reference of keys are written from the key tables;
// SEGMENTD_UPDATE_GOLDEN=1 writes them anew.
#include "rules/load/schema.hpp"

#include <catch2/catch.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "tests/unit/rules/workspace_files.hpp"

namespace segmentd::rules {

TEST_CASE("the committed schema of every kind is what the key tables say") {
    for (const auto& kind : definition_kinds()) {
        INFO(kind);
        const auto schema = json_schema(kind);
        REQUIRE(schema.has_value());

        CHECK(*schema == tests::approved_text(tests::source_folder() / "config/schema" / (kind + ".json"), *schema));
    }
}

TEST_CASE("the committed reference of keys is what the key tables say") {
    const auto reference = key_reference();

    CHECK(reference == tests::approved_text(tests::source_folder() / "docs/reference/workspace_keys.md", reference));
}

TEST_CASE("the committed reference of features is what the table of words says") {
    const auto reference = feature_reference();

    CHECK(reference == tests::approved_text(tests::source_folder() / "docs/reference/features.md", reference));
}

TEST_CASE("every schema is JSON with the required keys and patterns of its kind") {
    for (const auto& kind : definition_kinds()) {
        INFO(kind);
        const auto schema = boost::json::parse(*json_schema(kind));

        CHECK(schema.at("$schema").as_string() == "https://json-schema.org/draft/2020-12/schema");
        CHECK(schema.at("additionalProperties").as_bool() == false);
        CHECK(schema.at("required").at(0).as_string() == kind);
    }
    const auto metric = boost::json::parse(*json_schema("metric"));
    CHECK(metric.at("properties").at("window").at("pattern").as_string() == "^([0-9]{1,9}(ms|w|d|h|m|s))+$");
    CHECK(metric.at("properties").at("timing").at("enum").at(1).as_string() == "lagging");
}

TEST_CASE("a kind that does not exist has no schema") {
    const auto schema = json_schema("segmnet");

    REQUIRE_FALSE(schema.has_value());
    CHECK(schema.error().hint == "did you mean 'segment'?");
}

}  // namespace segmentd::rules
