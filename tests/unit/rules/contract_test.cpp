#include "rules/signals/contract.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

namespace segmentd::rules {
namespace {

namespace json = boost::json;

using Texts = std::map<std::string, std::string>;

PropertyContract property(const char* name, AttributeType type) {
    PropertyContract made;
    made.name = name;
    made.type = type;
    return made;
}

SignalDefinition signal_with(PropertyContract contract) {
    SignalDefinition signal;
    signal.id = SignalId("purchase");
    signal.properties = {std::move(contract)};
    return signal;
}

// The attribute as read from JSON, or the reason of the rejection.
std::string read(AttributeType type, const char* value) {
    const auto signal = signal_with(property("it", type));
    const auto attributes = read_properties(signal, json::object{{"it", json::parse(value)}}, 2);
    if (!attributes) return attributes.error().reason;
    if (attributes->empty()) return "absent";
    const auto& attribute = attributes->at("it");
    if (const auto* text = std::get_if<std::string>(&attribute)) return "text " + *text;
    if (const auto* whole = std::get_if<std::int64_t>(&attribute)) return "integer " + std::to_string(*whole);
    if (const auto* money = std::get_if<MinorUnits>(&attribute)) return "cents " + std::to_string(money->count);
    if (const auto* flag = std::get_if<bool>(&attribute)) return *flag ? "true" : "false";
    if (const auto* time = std::get_if<Timestamp>(&attribute)) return "time " + to_text(*time);
    return "number";
}

}  // namespace

TEST_CASE("numbers may come as numbers or as decimal texts") {
    CHECK(read(AttributeType::money, "12.5") == "cents 1250");
    CHECK(read(AttributeType::money, "\"12.50\"") == "cents 1250");
    CHECK(read(AttributeType::integer, "7") == "integer 7");
    CHECK(read(AttributeType::integer, "7.0") == "integer 7");
    CHECK(read(AttributeType::integer, "\"7\"") == "integer 7");
    CHECK(read(AttributeType::number, "1") == "number");
    CHECK(read(AttributeType::boolean, "true") == "true");
    CHECK(read(AttributeType::boolean, "\"false\"") == "false");
    CHECK(read(AttributeType::time, "\"2027-01-31\"") == "time 2027-01-31T00:00:00Z");
}

TEST_CASE("a value of another type is rejected") {
    CHECK(read(AttributeType::integer, "7.5") == "wrong_type");
    CHECK(read(AttributeType::integer, "true") == "wrong_type");
    CHECK(read(AttributeType::text, "7") == "wrong_type");
    CHECK(read(AttributeType::boolean, "1") == "wrong_type");
    CHECK(read(AttributeType::time, "1700000000") == "wrong_type");
    CHECK(read(AttributeType::money, "1e300") == "wrong_type");
    CHECK(read(AttributeType::number, "\"inf\"") == "wrong_type");
    CHECK(read(AttributeType::number, "{}") == "wrong_type");
    CHECK(read(AttributeType::text, "[]") == "wrong_type");
}

TEST_CASE("null counts as absent") {
    CHECK(read(AttributeType::integer, "null") == "absent");
}

TEST_CASE("an absent property that is required rejects the signal") {
    auto contract = property("amount", AttributeType::money);
    contract.required = true;

    const auto rejected = read_properties(signal_with(contract), json::object{{"amount", nullptr}}, 2);

    REQUIRE_FALSE(rejected.has_value());
    CHECK(rejected.error().reason == "missing_property");
    CHECK(rejected.error().detail == "property amount of signal purchase is missing");
}

TEST_CASE("a path with dots goes into nested objects and a name with dots is taken before") {
    auto contract = property("amount", AttributeType::money);
    contract.path = "cart.total";
    const auto signal = signal_with(contract);

    const auto nested = read_properties(signal, json::parse(R"({"cart":{"total":1}})").as_object(), 2);
    const auto flat = read_properties(signal, json::parse(R"({"cart.total":2,"cart":{"total":1}})").as_object(), 2);
    const auto by_name = read_properties(signal, json::parse(R"({"amount":3})").as_object(), 2);
    const auto absent = read_properties(signal, json::parse(R"({"cart":7})").as_object(), 2);

    CHECK(nested.value() == Attributes{{"amount", MinorUnits{100}}});
    CHECK(flat.value() == Attributes{{"amount", MinorUnits{200}}});
    CHECK(by_name.value() == Attributes{{"amount", MinorUnits{300}}});
    CHECK(absent.value().empty());
}

TEST_CASE("the ends of a range belong to it") {
    auto contract = property("items", AttributeType::integer);
    contract.at_least = 1;
    contract.at_most = 3;
    const auto signal = signal_with(contract);
    const auto is_taken = [&](int items) {
        return read_properties(signal, json::object{{"items", items}}, 2).has_value();
    };

    CHECK_FALSE(is_taken(0));
    CHECK(is_taken(1));
    CHECK(is_taken(3));
    CHECK_FALSE(is_taken(4));
}

TEST_CASE("a range of money is in major units") {
    auto contract = property("amount", AttributeType::money);
    contract.at_most = 10;

    const auto taken = read_properties(signal_with(contract), json::object{{"amount", 10.0}}, 2);
    const auto rejected = read_properties(signal_with(contract), json::object{{"amount", 10.01}}, 2);

    CHECK(taken.has_value());
    CHECK(rejected.error().reason == "out_of_range");
}

TEST_CASE("a text outside its list is rejected") {
    auto contract = property("color", AttributeType::text);
    contract.one_of = {"red", "blue"};

    CHECK(read_properties(signal_with(contract), json::object{{"color", "red"}}, 2).has_value());
    CHECK(read_properties(signal_with(contract), json::object{{"color", "Red"}}, 2).error().reason == "not_allowed");
}

TEST_CASE("what nobody declared is not kept") {
    const auto read = read_properties(signal_with(property("items", AttributeType::integer)),
                                      json::object{{"items", 1}, {"email", "ada@example.com"}}, 2);

    CHECK(read.value() == Attributes{{"items", std::int64_t{1}}});
}

TEST_CASE("in texts an empty one is absent") {
    const auto signal = signal_with(property("amount", AttributeType::money));

    CHECK(read_properties(signal, Texts{{"amount", ""}}, 2).value().empty());
    CHECK(read_properties(signal, Texts{{"amount", "1.5"}}, 2).value() == Attributes{{"amount", MinorUnits{150}}});
    CHECK(read_properties(signal, Texts{{"amount", "x"}}, 2).error().reason == "wrong_type");
}

TEST_CASE("a profile keeps its declared attributes with their types") {
    WorkspaceSettings workspace;
    workspace.profile = {{"plan", AttributeType::text}, {"employees", AttributeType::integer}};

    const auto from_json =
        read_profile(workspace.profile, json::object{{"plan", "pro"}, {"x", 1}, {"employees", nullptr}}, 2);
    const auto from_texts = read_profile(workspace.profile, Texts{{"employees", "7"}, {"plan", ""}}, 2);
    const auto rejected = read_profile(workspace.profile, json::object{{"employees", "many"}}, 2);

    CHECK(from_json.value() == Attributes{{"plan", std::string("pro")}});
    CHECK(from_texts.value() == Attributes{{"employees", std::int64_t{7}}});
    CHECK(rejected.error().reason == "wrong_type");
}

TEST_CASE("an event stands for the signal of its own name or of one of its events") {
    Definitions definitions;
    definitions.signals.push_back(signal_with(property("amount", AttributeType::money)));
    definitions.signals.back().events = {"Order Completed"};

    CHECK(signal_of_event(definitions, "purchase") == &definitions.signals[0]);
    CHECK(signal_of_event(definitions, "Order Completed") == &definitions.signals[0]);
    CHECK(signal_of_event(definitions, "order completed") == nullptr);
}

}  // namespace segmentd::rules
