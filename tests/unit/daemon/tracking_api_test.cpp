#include "daemon/collect/tracking_api.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/daemon/collect_fixture.hpp"

namespace segmentd::tests {
namespace {

using daemon::Collected;

Collected collect(std::string_view call, std::string_view body) {
    auto collected = daemon::collect_tracking(noon_context(), call, body, {});
    INFO((collected ? std::string() : collected.error().detail));
    REQUIRE(collected.has_value());
    return std::move(*collected);
}

Record only_record(std::string_view call, std::string_view body) {
    auto collected = collect(call, body);
    INFO((collected.rejects.empty() ? std::string() : collected.rejects.front().detail));
    REQUIRE(collected.records.size() == 1);
    return collected.records.front();
}

std::string only_reason(std::string_view call, std::string_view body) {
    const auto collected = collect(call, body);
    REQUIRE(collected.rejects.size() == 1);
    CHECK(collected.records.empty());
    CHECK(collected.rejects.front().source == "tracking");
    return collected.rejects.front().reason;
}

}  // namespace

TEST_CASE("a path stands for its call in the long and in the short form") {
    CHECK(daemon::tracking_call("/v1/track") == "track");
    CHECK(daemon::tracking_call("/v1/b") == "batch");
    CHECK(daemon::tracking_call("/v1/other").empty());
}

TEST_CASE("a track call becomes the signal of its event, with the declared properties alone") {
    const auto record = only_record("track", R"({"userId":"ada","event":"Order Completed","messageId":"m1",
        "properties":{"cart":{"total":12.5},"items":3,"secret":"x"}})");

    CHECK(record.customer == CustomerId("ada"));
    CHECK(record.message_id == "m1");
    CHECK(record.actor == "token:shop");
    CHECK(signal_in(record).signal == SignalId("purchase"));
    CHECK(signal_in(record).properties == Attributes{{"amount", MinorUnits{1250}}, {"items", std::int64_t{3}}});
}

TEST_CASE("an identify call becomes the declared traits") {
    const auto record =
        only_record("identify", R"({"userId":"ada","traits":{"plan":"pro","employees":7,"email":"x"}})");

    CHECK(std::get<ProfileRecord>(record.payload).attributes ==
          Attributes{{"plan", std::string("pro")}, {"employees", std::int64_t{7}}});
}

TEST_CASE("a group call names the account of its customer, with the declared traits of the account") {
    const auto record = only_record("group", R"({"userId":"ada","groupId":"acme","messageId":"m2",
        "traits":{"name":"Acme","seats_paid":12,"plan":"pro"}})");

    CHECK(record.customer == CustomerId("ada"));
    CHECK(record.message_id == "m2");
    CHECK(std::get<GroupRecord>(record.payload) ==
          GroupRecord{"acme", {{"name", std::string("Acme")}, {"seats_paid", std::int64_t{12}}}});
}

TEST_CASE("a group call without an account, with too long an id or a wrong trait is a reject") {
    CHECK(only_reason("group", R"({"userId":"ada","traits":{"name":"Acme"}})") == "no_group");
    CHECK(only_reason("group", R"({"userId":"ada","groupId":")" + std::string(501, 'a') + "\"}") == "id_too_long");
    CHECK(only_reason("group", R"({"userId":"ada","groupId":"acme","traits":{"seats_paid":"many"}})") == "wrong_type");
    CHECK(only_reason("group", R"({"groupId":"acme"})") == "no_customer");
}

TEST_CASE("a group call to a workspace without accounts is a reject") {
    auto definitions = collecting_book()->definitions;
    definitions.workspace.account_profile.reset();
    auto context = noon_context();
    context.definitions = &definitions;

    const auto collected = daemon::collect_tracking(context, "group", R"({"userId":"ada","groupId":"acme"})", {});

    REQUIRE(collected.has_value());
    REQUIRE(collected->rejects.size() == 1);
    CHECK(collected->rejects.front().reason == "no_accounts");
}

TEST_CASE("a page call becomes the signal page") {
    const auto record = only_record("page", R"({"anonymousId":"visitor 1","properties":{"path":"/prices"}})");

    CHECK(record.customer == CustomerId("visitor 1"));
    CHECK(signal_in(record).signal == SignalId("page"));
}

TEST_CASE("the user id goes before the anonymous id, and a number is an id too") {
    const auto record = only_record("page", R"({"userId":42,"anonymousId":"visitor 1"})");

    CHECK(record.customer == CustomerId("42"));
}

TEST_CASE("consent travels in the category preferences of any call") {
    const auto record = only_record("page", R"({"userId":"ada","context":{"consent":{"categoryPreferences":
        {"offers":true,"research":false,"undeclared":true}}}})");

    CHECK(record.consent == std::map<std::string, bool>{{"offers", true}, {"research", false}});
}

TEST_CASE("a preference that is neither true nor false is no answer") {
    const auto record = only_record("page", R"({"userId":"ada","context":{"consent":{"categoryPreferences":
        {"offers":"yes"}}}})");

    CHECK(record.consent.empty());
}

TEST_CASE("the age of an event at the sending of its batch is taken off the present") {
    const auto collected = collect("batch", R"({"sentAt":"2020-01-01T00:01:00Z","batch":[
        {"type":"page","userId":"ada","timestamp":"2020-01-01T00:00:00Z"}]})");

    REQUIRE(collected.records.size() == 1);
    CHECK(to_text(collected.records.front().occurred_at) == "2027-01-20T11:59:00Z");
}

TEST_CASE("originalTimestamp stands in for an absent timestamp") {
    const auto record = only_record("page", R"({"userId":"ada","originalTimestamp":"2027-01-19T08:00:00Z"})");

    CHECK(to_text(record.occurred_at) == "2027-01-19T08:00:00Z");
}

TEST_CASE("a batch keeps what is good and rejects the rest, in order") {
    const auto collected = collect("batch", R"({"batch":[{"type":"page","userId":"ada"},{"type":"track","userId":"ada"},
        7,{"type":"page","userId":"bob"}]})");

    REQUIRE(collected.records.size() == 2);
    CHECK(collected.records[1].customer == CustomerId("bob"));
    REQUIRE(collected.rejects.size() == 2);
    CHECK(collected.rejects[0].reason == "no_event");
    CHECK(collected.rejects[1].reason == "not_an_object");
    CHECK(collected.rejects[1].payload == "7");
}

TEST_CASE("every reason of a reject has its word") {
    const std::string long_id(501, 'x'), long_message(101, 'm');
    std::string many_traits;
    for (int i = 0; i < 301; ++i) many_traits += (i == 0 ? "" : ",") + ("\"t" + std::to_string(i)) + "\":1";
    const auto order = [](const std::string& properties) {
        return only_reason("track", R"({"userId":"ada","event":"purchase","properties":{)" + properties + "}}");
    };

    CHECK(only_reason("page", "{}") == "no_customer");
    CHECK(only_reason("page", R"({"userId":"})" + long_id + "\"}") == "id_too_long");
    CHECK(only_reason("page", R"({"userId":"ada","messageId":")" + long_message + "\"}") == "message_id_too_long");
    CHECK(only_reason("track", R"({"userId":"ada"})") == "no_event");
    CHECK(only_reason("track", R"({"userId":"ada","event":"Order Started"})") == "unknown_event");
    CHECK(only_reason("screen", R"({"userId":"ada"})") == "unknown_event");
    CHECK(only_reason("alias", R"({"userId":"ada","previousId":"x"})") == "call_not_built");
    CHECK(only_reason("identify", R"({"userId":"ada","traits":{)" + many_traits + "}}") == "too_many_traits");
    CHECK(order("") == "missing_property");
    CHECK(order(R"("amount":"much")") == "wrong_type");
    CHECK(order(R"("amount":1001)") == "out_of_range");
    CHECK(order(R"("amount":-1)") == "out_of_range");
    CHECK(order(R"("amount":1,"color":"green")") == "not_allowed");
}

TEST_CASE("a reject keeps what was sent") {
    const auto collected = collect("page", R"({"anonymous":1})");

    REQUIRE(collected.rejects.size() == 1);
    CHECK(collected.rejects.front().payload == R"({"anonymous":1})");
    CHECK(to_text(collected.rejects.front().received_at) == "2027-01-20T12:00:00Z");
}

TEST_CASE("a time that cannot be read is a reject, whatever form it has") {
    CHECK(only_reason("page", R"({"userId":"ada","timestamp":"nonsense"})") == "bad_time");
    CHECK(only_reason("page", R"({"userId":"ada","timestamp":true})") == "bad_time");
    CHECK(only_reason("page", R"({"userId":"ada","originalTimestamp":"yesterday"})") == "bad_time");
    CHECK(only_record("page", R"({"userId":"ada","timestamp":null})").customer == CustomerId("ada"));
}

TEST_CASE("consent stands even where the rest of its event is rejected") {
    for (const auto* call : {"identify", "screen", "alias"}) {
        const auto collected = collect(call, R"({"userId":"ada","messageId":"m1","traits":{"employees":"many"},
            "context":{"consent":{"categoryPreferences":{"offers":false}}}})");

        REQUIRE(collected.rejects.size() == 1);
        REQUIRE(collected.records.size() == 1);
        const auto& record = collected.records.front();
        CHECK(std::holds_alternative<ConsentRecord>(record.payload));
        CHECK(record.consent == std::map<std::string, bool>{{"offers", false}});
        CHECK(record.customer == CustomerId("ada"));
        CHECK(record.message_id == "consent\nm1");
        CHECK(to_text(record.occurred_at) == "2027-01-20T12:00:00Z");
    }
}

TEST_CASE("a reject says which event and which property, and no value") {
    const auto collected = collect("batch", R"({"batch":[
        {"type":"track","userId":"ada","event":"purchase","properties":{"amount":"eleven","items":1}},
        {"type":"track","userId":"ada","event":"purchase","properties":{"amount":5000}},
        {"type":"track","userId":"ada","event":"Order Started"},
        {"type":"identify","userId":"ada","traits":{"employees":"many"}}]})");

    REQUIRE(collected.rejects.size() == 4);
    CHECK(collected.rejects[0].detail == "event 'purchase': property amount must be money");
    CHECK(collected.rejects[1].detail == "event 'purchase': property amount must be at most 1000");
    CHECK(collected.rejects[2].detail == "event 'Order Started': no data contract names it");
    CHECK(collected.rejects[3].detail == "call 'identify': property employees must be integer");
}

TEST_CASE("a body that is refused as a whole is kept as a reject with its reason") {
    const auto reject = [](std::string_view call, std::string_view body) {
        const auto collected = daemon::collect_tracking(noon_context(), call, body, {});
        REQUIRE_FALSE(collected.has_value());
        REQUIRE(collected.error().rejects.size() == 1);
        return collected.error().rejects.front();
    };

    CHECK(reject("track", "{").reason == "not_json");
    CHECK(reject("track", "[]").payload == "[]");
    CHECK(reject("track", "[]").reason == "not_json");
    CHECK(reject("batch", R"({"batch":{}})").reason == "no_batch");
    const auto foreign = reject("track", "{\"userId\":\"Stra\xdf\"}");
    CHECK(foreign.reason == "not_utf8");
    CHECK(foreign.detail == "the body is not UTF-8");
    CHECK(foreign.payload == R"({"userId":"Stra?"})");
}

TEST_CASE("of what was sent at most 32 KiB are kept, as UTF-8") {
    const auto kept = [](const std::string& body) {
        return daemon::collect_tracking(noon_context(), "page", body, {}).error().rejects.front().payload;
    };

    CHECK(kept(std::string(40'000, 'x')) == std::string(32'768, 'x'));
    CHECK(kept("x" + std::string("\xC3\xA9") + std::string(32'765, 'x') + "\xC3\xA9").size() == 32'768);
    CHECK(kept("{caf\xE9") == "{caf?");
}

TEST_CASE("a body of the allowed size is taken and a larger one is a limit") {
    const std::string body = R"({"userId":"ada"})";
    daemon::TrackingLimits exact, smaller;
    exact.event_bytes = body.size();
    smaller.event_bytes = body.size() - 1;

    CHECK(daemon::collect_tracking(noon_context(), "page", body, exact).has_value());
    CHECK(daemon::collect_tracking(noon_context(), "page", body, smaller).error().rejects.front().reason ==
          "request_too_large");
}

TEST_CASE("a batch of too many events is a limit") {
    daemon::TrackingLimits limits;
    limits.batch_events = 1;

    const auto refused = daemon::collect_tracking(noon_context(), "batch", R"({"batch":[{},{}]})", limits);

    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().rejects.front().reason == "too_many_events");
}

TEST_CASE("the write key of a body is found where there is one") {
    CHECK(daemon::body_write_key(R"({"writeKey":"k1","batch":[]})") == "k1");
    CHECK(daemon::body_write_key("{}").empty());
    CHECK(daemon::body_write_key("no json").empty());
}

}  // namespace segmentd::tests
