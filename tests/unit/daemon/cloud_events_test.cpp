#include "daemon/collect/cloud_events.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "tests/unit/daemon/collect_fixture.hpp"

namespace segmentd::tests {
namespace {

using Headers = std::map<std::string, std::string, std::less<>>;

const Headers structured = {{"content-type", "application/cloudevents+json; charset=utf-8"}};
const Headers batched = {{"content-type", "application/cloudevents-batch+json"}};

constexpr std::string_view order_event =
    R"({"specversion":"1.0","id":"e1","source":"/shop","type":"com.shop.order","subject":"ada",
        "time":"2027-01-20T11:00:00Z","data":{"cart":{"total":"12.50"}}})";

Headers binary() {
    return {{"ce-specversion", "1.0"}, {"ce-id", "e1"},       {"ce-source", "/shop"},
            {"ce-type", "purchase"},   {"ce-subject", "ada"}, {"content-type", "application/json"}};
}

tl::expected<daemon::Collected, daemon::Refusal> collect(const Headers& headers, std::string_view body) {
    const auto lookup = [&](std::string_view name) -> std::string_view {
        const auto found = headers.find(name);
        return found == headers.end() ? std::string_view() : std::string_view(found->second);
    };
    return daemon::collect_cloud_events(noon_context(), lookup, body);
}

Record only_record(const Headers& headers, std::string_view body) {
    const auto collected = collect(headers, body);
    INFO((collected ? std::string() : collected.error().detail));
    REQUIRE(collected.has_value());
    REQUIRE(collected->records.size() == 1);
    return collected->records.front();
}

std::string refusal(const Headers& headers, std::string_view body) {
    const auto collected = collect(headers, body);
    REQUIRE_FALSE(collected.has_value());
    CHECK(collected.error().status == 400);
    REQUIRE(collected.error().rejects.size() == 1);
    CHECK_FALSE(collected.error().rejects.front().payload.empty());
    return collected.error().detail;
}

// The event with one member replaced by another text.
std::string order_with(std::string_view old_part, std::string_view new_part) {
    std::string event(order_event);
    event.replace(event.find(old_part), old_part.size(), new_part);
    return event;
}

}  // namespace

TEST_CASE("a structured event becomes the signal of its type") {
    const auto record = only_record(structured, order_event);

    CHECK(record.customer == CustomerId("ada"));
    CHECK(signal_in(record).signal == SignalId("purchase"));
    CHECK(signal_in(record).properties == Attributes{{"amount", MinorUnits{1250}}});
    CHECK(to_text(record.occurred_at) == "2027-01-20T11:00:00Z");
}

TEST_CASE("a binary event has its attributes in headers and its data in the body") {
    const auto record = only_record(binary(), R"({"amount":3})");

    CHECK(signal_in(record).properties == Attributes{{"amount", MinorUnits{300}}});
    CHECK(to_text(record.occurred_at) == "2027-01-20T12:00:00Z");
}

TEST_CASE("source and id together are the identity of an event") {
    const auto one = only_record(structured, order_event);
    const auto same = only_record(structured, order_with("12.50", "99.00"));
    const auto other_id = only_record(structured, order_with("e1", "e2"));
    const auto other_source = only_record(structured, order_with("/shop", "/till"));

    CHECK(one.message_id == same.message_id);
    CHECK(one.message_id != other_id.message_id);
    CHECK(one.message_id != other_source.message_id);
}

TEST_CASE("a header of a binary event is percent-decoded") {
    auto headers = binary();
    headers["ce-subject"] = "Zo%C3%AB%20M%c3%bcller";

    CHECK(only_record(headers, R"({"amount":3})").customer == CustomerId("Zoë Müller"));
}

TEST_CASE("a header that does not decode to UTF-8 refuses the event") {
    auto headers = binary();
    headers["ce-subject"] = "%C0%A0";

    CHECK(refusal(headers, R"({"amount":3})") == "header ce-subject is not percent-encoded UTF-8");
}

TEST_CASE("header values are unescaped, decoded once and checked to be UTF-8") {
    CHECK(daemon::decode_header_value("plain") == "plain");
    CHECK(daemon::decode_header_value("Euro%20%E2%82%AC%20%F0%9F%98%80") == "Euro € 😀");
    CHECK(daemon::decode_header_value("%2541") == "%41");
    CHECK(daemon::decode_header_value(R"("a b \"c\" \\")") == "a b \"c\" \\");
    CHECK(daemon::decode_header_value("") == "");
    CHECK_FALSE(daemon::decode_header_value("100%").has_value());
    CHECK_FALSE(daemon::decode_header_value("%4").has_value());
    CHECK_FALSE(daemon::decode_header_value("%zz").has_value());
    CHECK_FALSE(daemon::decode_header_value("%C0%A0").has_value());        // overlong
    CHECK_FALSE(daemon::decode_header_value("%ED%A0%80").has_value());     // a surrogate
    CHECK_FALSE(daemon::decode_header_value("%F4%90%80%80").has_value());  // beyond U+10FFFF
    CHECK_FALSE(daemon::decode_header_value("%E2%82").has_value());        // cut off
}

TEST_CASE("a batch becomes all of its events and an empty one none") {
    const auto two = collect(batched, "[" + std::string(order_event) + "," + order_with("e1", "e2") + "]");
    const auto none = collect(batched, "[]");

    REQUIRE(two.has_value());
    CHECK(two->records.size() == 2);
    REQUIRE(none.has_value());
    CHECK(none->records.empty());
}

TEST_CASE("the media type is read in any case") {
    CHECK(only_record({{"content-type", "Application/CloudEvents+JSON"}}, order_event).customer == CustomerId("ada"));
}

TEST_CASE("an event that misses what the standard requires is refused") {
    CHECK(refusal(structured, order_with("\"id\":\"e1\"", "\"x\":\"\"")) ==
          "type 'com.shop.order': id, source and type are required");
    CHECK(refusal(structured, order_with("/shop", "")) == "type 'com.shop.order': id, source and type are required");
    CHECK(refusal(structured, order_with("com.shop.order", "")) == "id, source and type are required");
    CHECK(refusal(structured, order_with("\"1.0\"", "\"9.9\"")) == "type 'com.shop.order': specversion must be 1.0");
    CHECK(refusal(structured, order_with("\"1.0\"", "1")) == "type 'com.shop.order': specversion must be 1.0");
    CHECK(refusal(structured, order_with("\"ada\"", "\"\"")) ==
          "type 'com.shop.order': subject must name the customer");
}

TEST_CASE("a body that is no event is refused") {
    CHECK(refusal(structured, "{") == "the body is not JSON");
    CHECK(refusal(structured, "{\"id\":\"\xdf\"}") == "the body is not UTF-8");
    CHECK(refusal(binary(), "{\"plan\":\"\xdf\"}") == "the body is not UTF-8");
    CHECK(refusal(structured, "7") == "an event is a JSON object");
    CHECK(refusal(batched, "{}") == "a batch is a JSON array");
    CHECK(refusal(batched, "[7]") == "an event is a JSON object");
    CHECK(refusal(binary(), "[1]") == "the body must be a JSON object");
}

TEST_CASE("data that is no JSON object is refused and never dropped in silence") {
    CHECK(refusal(structured, order_with(R"({"cart":{"total":"12.50"}})", "7")) == "data must be a JSON object");
    CHECK(refusal(structured, order_with("\"data\":", "\"data_base64\":\"AAEC\",\"x\":")) ==
          "data_base64 is not taken in: data must be a JSON object");
}

TEST_CASE("an event that breaks its contract refuses the request and is kept as a reject") {
    const auto refused = collect(structured, order_with("\"12.50\"", "\"much\""));

    REQUIRE_FALSE(refused.has_value());
    REQUIRE(refused.error().rejects.size() == 1);
    CHECK(refused.error().rejects.front().source == "events");
    CHECK(refused.error().rejects.front().reason == "wrong_type");
    CHECK(refused.error().rejects.front().detail == "type 'com.shop.order': property amount must be money");
    CHECK(refused.error().rejects.front().payload.find(R"("data":{"cart":{"total":"much"}})") != std::string::npos);
}

TEST_CASE("an unknown type and a time that is none are refused with their reason") {
    const auto unknown = collect(structured, order_with("com.shop.order", "com.shop.visit"));
    const auto bad_time = collect(structured, order_with("2027-01-20T11:00:00Z", "yesterday"));

    REQUIRE(unknown.error().rejects.size() == 1);
    CHECK(unknown.error().rejects.front().reason == "unknown_event");
    REQUIRE(bad_time.error().rejects.size() == 1);
    CHECK(bad_time.error().rejects.front().reason == "bad_time");
}

TEST_CASE("one bad event refuses its whole batch") {
    const auto refused =
        collect(batched, "[" + std::string(order_event) + "," + order_with("com.shop.order", "com.shop.visit") + "]");

    CHECK_FALSE(refused.has_value());
}

TEST_CASE("a time in the future is now") {
    const auto record = only_record(structured, order_with("2027-01-20T11:00:00Z", "2031-01-01T00:00:00Z"));

    CHECK(to_text(record.occurred_at) == "2027-01-20T12:00:00Z");
}

}  // namespace segmentd::tests
