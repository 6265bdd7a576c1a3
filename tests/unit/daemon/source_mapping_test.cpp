#include "daemon/collect/source_mapping.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/daemon/collect_fixture.hpp"

namespace segmentd::tests {
namespace {

const Timestamp received = parse_timestamp("2027-02-01").value();

daemon::SourceMapping mapping_of(std::string_view source, const std::vector<std::string>& header) {
    const auto& book = *collecting_book();
    daemon::SourceMapping mapping(book, *rules::index_of(book.definitions.sources, SourceId(source)));
    REQUIRE(mapping.take_header(header).has_value());
    return mapping;
}

daemon::MappedRow order_row(const std::vector<std::string>& cells, std::uint64_t row = 1) {
    return mapping_of("orders", {"customer", "day", "amount", "plan"}).map(cells, row, received);
}

}  // namespace

TEST_CASE("one row becomes a record for each emission") {
    const auto row = order_row({"ada", "2027-01-05", "29.33", "pro"});

    REQUIRE(row.records.size() == 2);
    CHECK(signal_in(row.records[0]).properties == Attributes{{"amount", MinorUnits{2933}}});
    CHECK(std::get<ProfileRecord>(row.records[1].payload).attributes == Attributes{{"plan", std::string("pro")}});
}

TEST_CASE("a record from a row is historical, from its source, at its own time, with the consent it declares") {
    const auto record = order_row({"ada", "2027-01-05", "29.33", "pro"}).records.at(0);

    CHECK(record.historical);
    CHECK(record.actor == "source:orders");
    CHECK(record.customer == CustomerId("ada"));
    CHECK(to_text(record.occurred_at) == "2027-01-05T00:00:00Z");
    CHECK(to_text(record.received_at) == "2027-02-01T00:00:00Z");
    CHECK(record.consent == std::map<std::string, bool>{{"offers", true}});
}

TEST_CASE("a row may name the account of its customer, with attributes of the account") {
    auto teams = mapping_of("teams", {"customer", "day", "team", "seats"});

    const auto row = teams.map({"ada", "2027-01-06", "acme", "12"}, 1, received);
    const auto nameless = teams.map({"bob", "2027-01-06", "", "12"}, 2, received);

    REQUIRE(row.records.size() == 1);
    CHECK(row.records[0].customer == CustomerId("ada"));
    CHECK(std::get<GroupRecord>(row.records[0].payload) == GroupRecord{"acme", {{"seats_paid", std::int64_t{12}}}});
    REQUIRE(nameless.rejections.size() == 1);
    CHECK(nameless.rejections[0].reason == "no_group");
    CHECK(nameless.rejections[0].detail == "row 2: account: it names no account");
}

TEST_CASE("a profile row may show consent alone") {
    const auto row = mapping_of("answers", {"customer", "day"}).map({"ada", "2027-01-06"}, 1, received);

    REQUIRE(row.records.size() == 1);
    CHECK(row.records[0].consent == std::map<std::string, bool>{{"offers", false}});
    CHECK(std::get<ProfileRecord>(row.records[0].payload).attributes.empty());
}

TEST_CASE("an emission is left out where its condition does not hold") {
    const auto row = order_row({"ada", "2027-01-05", "", "pro"});

    REQUIRE(row.records.size() == 1);
    CHECK(row.rejections.empty());
}

TEST_CASE("an emission that breaks its contract is rejected and the others are kept") {
    const auto row = order_row({"ada", "2027-01-05", "much", "pro"}, 17);

    REQUIRE(row.records.size() == 1);
    CHECK(std::holds_alternative<ProfileRecord>(row.records[0].payload));
    REQUIRE(row.rejections.size() == 1);
    CHECK(row.rejections[0].reason == "wrong_type");
    CHECK(row.rejections[0].detail == "row 17: signal purchase: property amount must be money");
}

TEST_CASE("a consent that a broken row takes back is taken back") {
    auto mapping = mapping_of("objections", {"customer", "day", "employees"});

    const auto row = mapping.map({"ada", "2027-01-05", "many"}, 1, received);

    REQUIRE(row.rejections.size() == 1);
    REQUIRE(row.records.size() == 1);
    CHECK(std::holds_alternative<ConsentRecord>(row.records[0].payload));
    CHECK(row.records[0].consent == std::map<std::string, bool>{{"offers", false}});
}

TEST_CASE("a row without a customer is rejected as a whole") {
    const auto row = order_row({"", "2027-01-05", "1", "pro"}, 3);

    CHECK(row.records.empty());
    REQUIRE(row.rejections.size() == 1);
    CHECK(row.rejections[0].reason == "no_customer");
}

TEST_CASE("a time that is none rejects every emission that needs it") {
    const auto row = order_row({"ada", "last week", "1", "pro"});

    REQUIRE(row.rejections.size() == 2);
    CHECK(row.rejections[0].reason == "bad_time");
}

TEST_CASE("a timestamp of CEL is a time") {
    const auto row = mapping_of("visits", {"customer", "at"}).map({"ada", "2027-01-05T10:30:00.25+01:00"}, 1, received);

    REQUIRE(row.rejections.empty());
    CHECK(to_text(row.records.at(0).occurred_at) == "2027-01-05T09:30:00.250000Z");
}

TEST_CASE("columns are found by name wherever they stand in the file") {
    auto mapping = mapping_of("orders", {"more", "plan", "amount", "day", "customer"});

    const auto row = mapping.map({"x", "pro", "5", "2027-01-05", "ada"}, 1, received);

    REQUIRE(row.records.size() == 2);
    CHECK(row.records[0].customer == CustomerId("ada"));
}

TEST_CASE("cells that are missing at the end of a row are empty") {
    const auto row = order_row({"ada", "2027-01-05"});

    REQUIRE(row.records.size() == 1);
    CHECK(std::get<ProfileRecord>(row.records[0].payload).attributes.empty());
}

TEST_CASE("a header without the declared columns is an error that names them") {
    const auto& book = *collecting_book();
    daemon::SourceMapping mapping(book, *rules::index_of(book.definitions.sources, SourceId("orders")));

    const auto refused = mapping.take_header({"customer", "plan"});

    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message == "source orders: the file has no column day, amount");
}

TEST_CASE("a row keeps its message ids when the file has grown by rows before it") {
    const std::vector<std::string> header = {"customer", "day", "amount", "plan"};
    const std::vector<std::string> ada = {"ada", "2027-01-05", "1", "pro"}, bob = {"bob", "2027-01-05", "1", "pro"};
    auto first = mapping_of("orders", header);
    auto later = mapping_of("orders", header);

    const auto before = first.map(ada, 1, received);
    later.map(bob, 1, received);
    const auto after = later.map(ada, 2, received);

    CHECK(before.records[0].message_id == after.records[0].message_id);
    CHECK(before.records[0].message_id != before.records[1].message_id);
}

TEST_CASE("equal rows of one file have ids of their own, and the same ones in the next reading") {
    const std::vector<std::string> header = {"customer", "day", "amount", "plan"};
    const std::vector<std::string> cells = {"ada", "2027-01-05", "1", "pro"};
    auto mapping = mapping_of("orders", header);

    const auto one = mapping.map(cells, 1, received);
    const auto two = mapping.map(cells, 2, received);
    REQUIRE(mapping.take_header(header).has_value());
    const auto again = mapping.map(cells, 1, received);

    CHECK(one.records[0].message_id != two.records[0].message_id);
    CHECK(one.records[0].message_id == again.records[0].message_id);
    CHECK(one.records[0].message_id != order_row({"ada", "2027-01-05", "2", "pro"}).records[0].message_id);
}

TEST_CASE("a row with a cell that is not UTF-8 is rejected as a whole") {
    const auto row = order_row({"ada", "2027-01-05", "1", "caf\xE9"}, 4);

    CHECK(row.records.empty());
    REQUIRE(row.rejections.size() == 1);
    CHECK(row.rejections[0].reason == "not_utf8");
}

TEST_CASE("a row becomes an imported assignment, and an unknown arm a rejection") {
    auto mapping = mapping_of("arms", {"customer", "arm"});

    const auto known = mapping.map({"ada", "other"}, 1, received);
    const auto unknown = mapping.map({"ada", "others"}, 2, received);

    REQUIRE(known.records.size() == 1);
    CHECK(std::get<AssignmentRecord>(known.records[0].payload) == AssignmentRecord{PilotId("trial"), "other"});
    REQUIRE(unknown.rejections.size() == 1);
    CHECK(unknown.rejections[0].reason == "unknown_arm");
    CHECK(unknown.rejections[0].detail == "row 2: assignment trial: pilot trial has no such arm");
}

}  // namespace segmentd::tests
