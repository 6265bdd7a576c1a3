// CloudEvents 1.0 over HTTP: the published cases of the three modes. A case that names no customer
// is given one, because every event here is about somebody.
#include "daemon/collect/cloud_events.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <iostream>
#include <map>

#include "daemon/engine/engine.hpp"
#include "tests/published_vectors.hpp"

namespace segmentd::daemon {
namespace {

namespace json = boost::json;

constexpr const char* vectors_name = "cloudevents/http_vectors.json";

// Binary payloads cannot be held against a data contract; the product refuses them and says so.
constexpr std::string_view left_out = "ce-structured-base64";

constexpr std::string_view contracts = R"(
workspace: conformance
company: Whoever sends the published cases
people: [{id: finn, name: Finn Olsen, roles: [editor]}]
---
signal: anything
events: [t, com.example.someevent, io.segmentd.segment.entered.v1]
properties: {a: {type: integer}, segment: {type: text}, version: {type: integer}}
)";

using Headers = std::map<std::string, std::string, std::less<>>;
using Outcome = tl::expected<Collected, Refusal>;

CollectContext context() {
    static const auto book = compile_workspace({{"workspace.yaml", std::string(contracts)}}).value();
    CollectContext made;
    made.definitions = &book->definitions;
    made.received_at = made.engine_now = parse_timestamp("2027-01-20").value();
    made.actor = "token:conformance";
    return made;
}

std::string text_of(const json::value& value) {
    return json::value_to<std::string>(value);
}

std::string text_in(const json::object& object, const char* name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? text_of(*value) : std::string();
}

Headers headers_of(const json::object& item) {
    Headers headers;
    for (const auto& [name, value] : item.at("headers").as_object()) headers[std::string(name)] = text_of(value);
    if (item.at("mode") == "binary") headers.try_emplace("ce-subject", "customer");
    return headers;
}

void name_customer(json::value& event) {
    if (event.is_object() && !event.get_object().contains("subject")) event.get_object()["subject"] = "customer";
}

std::string body_of(const json::object& item) {
    const auto text = text_in(item, "body");
    if (item.at("mode") == "binary") return text;
    auto body = json::parse(text);
    name_customer(body);
    if (body.is_array()) {
        for (auto& event : body.get_array()) name_customer(event);
    }
    return json::serialize(body);
}

// Extensions are not stored, so their headers are decoded beside the event.
bool extensions_decode(const Headers& headers) {
    for (const auto& [name, value] : headers) {
        if (name.starts_with("ce-") && !decode_header_value(value)) return false;
    }
    return true;
}

Outcome collect(const Headers& headers, const std::string& body) {
    const auto lookup = [&](std::string_view name) -> std::string_view {
        const auto found = headers.find(name);
        return found == headers.end() ? std::string_view() : std::string_view(found->second);
    };
    return collect_cloud_events(context(), lookup, body);
}

bool data_is(const json::object& expected, const Attributes& properties) {
    for (const auto& [name, value] : expected) {
        const auto found = properties.find(std::string(name));
        if (found == properties.end()) return false;
        const bool same = value.is_string() ? found->second == Attribute(text_of(value))
                                            : found->second == Attribute(value.to_number<std::int64_t>());
        if (!same) return false;
    }
    return true;
}

// Everything the case expects of an event that a record still shows.
bool record_is(const json::object& expected, const Headers& headers, const Record& record) {
    bool same = true;
    const auto wants = [&](const char* name) { return expected.contains(name); };
    if (wants("id")) same = same && record.message_id.ends_with("\n" + text_in(expected, "id"));
    if (wants("source")) same = same && record.message_id.starts_with(text_in(expected, "source") + "\n");
    if (wants("subject")) same = same && record.customer == CustomerId(text_in(expected, "subject"));
    if (wants("time")) same = same && to_text(record.occurred_at) == text_in(expected, "time");
    if (wants("note")) same = same && decode_header_value(headers.at("ce-note")) == text_in(expected, "note");
    if (const auto* data = expected.if_contains("data")) {
        same = same && data_is(data->as_object(), std::get<SignalRecord>(record.payload).properties);
    }
    return same;
}

bool is_duplicate_by_identity() {
    const Headers headers = {{"content-type", "application/cloudevents+json"}};
    const auto event = [](const char* source, const char* id) {
        return json::serialize(json::object{
            {"specversion", "1.0"}, {"id", id}, {"source", source}, {"type", "t"}, {"subject", "customer"}});
    };
    const auto id_of = [&](const char* source, const char* id) {
        return collect(headers, event(source, id)).value().records.at(0).message_id;
    };
    return id_of("/s", "1") == id_of("/s", "1") && id_of("/s", "1") != id_of("/s", "2") &&
           id_of("/s", "1") != id_of("/t", "1");
}

bool holds(const json::object& item) {
    if (item.at("mode") == "pair") return is_duplicate_by_identity();
    const auto headers = headers_of(item);
    const auto collected = collect(headers, body_of(item));
    const bool is_accepted = collected.has_value() && extensions_decode(headers);
    if (item.contains("expect_error")) return !is_accepted;
    if (!is_accepted) return false;
    if (const auto* count = item.if_contains("expect_count")) {
        return collected->records.size() == count->to_number<std::size_t>();
    }
    return collected->records.size() == 1 && record_is(item.at("expect").as_object(), headers, collected->records[0]);
}

// A case of our own in the form of the published ones.
json::object own_case(json::object headers, const char* body, json::object expectation) {
    json::object item{{"mode", headers.contains("ce-id") ? "binary" : "structured"}, {"body", body}};
    item["headers"] = std::move(headers);
    for (auto& [name, value] : expectation) item[name] = value;
    return item;
}

json::object binary_headers(const char* note) {
    return {{"ce-specversion", "1.0"}, {"ce-type", "t"}, {"ce-id", "7"}, {"ce-source", "/own"}, {"ce-note", note}};
}

}  // namespace

TEST_CASE("published CloudEvents over HTTP are read or refused as the binding says") {
    const auto text = tests::read_vectors(vectors_name);
    if (!text) return;
    const auto vectors = json::parse(*text).as_array();

    tests::Tally tally;
    for (const auto& value : vectors) {
        const auto& item = value.as_object();
        if (text_in(item, "id") == left_out) {
            std::cout << "left out: " << left_out << " (data contracts hold JSON, not bytes; it is refused)\n";
            CHECK_FALSE(collect(headers_of(item), body_of(item)).has_value());
            continue;
        }
        tally.count(holds(item), text_in(item, "id"));
    }
    tests::report(vectors_name, tally);
}

TEST_CASE("our own CloudEvents over HTTP are read or refused as the binding says") {
    const json::object json_type{{"content-type", "application/cloudevents+json"}};

    CHECK(holds(
        own_case(binary_headers("100%25"), R"({"a":7})", {{"expect", {{"note", "100%"}, {"data", {{"a", 7}}}}}})));
    CHECK(holds(
        own_case(binary_headers("\"quoted \\\\ %C3%A9\""), "{}", {{"expect", {{"note", "quoted \\ \xC3\xA9"}}}})));
    CHECK(holds(own_case(binary_headers("%ED%A0%80"), "{}", {{"expect_error", true}})));
    CHECK(holds(own_case(binary_headers("%E2%8"), "{}", {{"expect_error", true}})));
    CHECK(holds(own_case(binary_headers("x"), "[1]", {{"expect_error", true}})));
    CHECK(holds(own_case(json_type, R"({"specversion":"1.0","id":"1","source":"/s","type":"t","data":null})",
                         {{"expect", {{"id", "1"}, {"source", "/s"}}}})));
    CHECK(holds(own_case(json_type, R"({"specversion":"1.0","id":"1","source":"/s"})", {{"expect_error", true}})));
    CHECK(holds(
        own_case(json_type, R"({"specversion":1.0,"id":"1","source":"/s","type":"t"})", {{"expect_error", true}})));
}

}  // namespace segmentd::daemon
