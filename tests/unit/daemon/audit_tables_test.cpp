#include "daemon/audit/csv.hpp"
#include "daemon/audit/quarter.hpp"
#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::daemon {

TEST_CASE("a quarter begins with its first month and ends before the next") {
    const auto quarter = parse_quarter("2026Q4").value();

    CHECK(to_text(quarter.from) == "2026-10-01T00:00:00Z");
    CHECK(to_text(quarter.until) == "2027-01-01T00:00:00Z");
    CHECK(quarter.holds(quarter.from));
    CHECK_FALSE(quarter.holds(quarter.until));
}

TEST_CASE("a quarter of a workspace begins and ends at its own midnights") {
    const Zone vienna(3'600, {{to_microseconds(parse_timestamp("2026-03-29T01:00:00Z").value()) / 1'000'000, 7'200}});

    const auto quarter = local_quarter(parse_quarter("2026Q1").value(), vienna);

    CHECK(to_text(quarter.from) == "2025-12-31T23:00:00Z");
    CHECK(to_text(quarter.until) == "2026-03-31T22:00:00Z");
}

TEST_CASE("what is no quarter is refused") {
    for (const char* text : {"2026Q5", "2026Q0", "2026q4", "26Q4", "2026Q44", "1969Q4", "", "Q4 2026", "٢٠٢Q4"}) {
        const auto quarter = parse_quarter(text);
        REQUIRE_FALSE(quarter);
        CHECK(quarter.error().message == "'" + std::string(text) + "' is not a quarter");
    }
}

TEST_CASE("cells are quoted where a reader would take them for something else") {
    const Table table{{"a", "b"}, {{"plain", "with, comma"}, {"say \"yes\"", "two\nlines"}, {" blank", ""}}};

    CHECK(to_csv(table) == "a,b\r\nplain,\"with, comma\"\r\n\"say \"\"yes\"\"\",\"two\nlines\"\r\n\" blank\",\r\n");
}

TEST_CASE("a table without rows is its header") {
    CHECK(to_csv({{"a", "b"}, {}}) == "a,b\r\n");
}

TEST_CASE("JSON rows become cells: null is nothing, numbers keep their shortest form") {
    const boost::json::array rows{{{"a", 0.25}, {"b", nullptr}, {"c", "text"}}};

    CHECK(to_csv(table_of(rows, {"c", "a", "b", "missing"})) == "c,a,b,missing\r\ntext,0.25,,\r\n");
}

}  // namespace segmentd::daemon
