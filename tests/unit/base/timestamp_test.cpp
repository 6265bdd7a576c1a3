#include "base/timestamp.hpp"

#include <catch2/catch.hpp>

#include "base/random.hpp"

namespace segmentd {
namespace {

std::string read(std::string_view text) {
    const auto instant = parse_timestamp(text);
    return instant ? to_text(*instant) : "refused";
}

}  // namespace

TEST_CASE("an RFC 3339 time is read with its offset and its fraction") {
    CHECK(read("1997-09-30T12:00:00Z") == "1997-09-30T12:00:00Z");
    CHECK(read("1997-09-30T12:00:00.5+02:00") == "1997-09-30T10:00:00.500000Z");
    CHECK(read("1997-09-30t12:00:00z") == "1997-09-30T12:00:00Z");
    CHECK(read("1997-09-30 12:00:00") == "1997-09-30T12:00:00Z");
    CHECK(read("1997-09-30T23:30:00-01:00") == "1997-10-01T00:30:00Z");
    CHECK(read("2024-02-29") == "2024-02-29T00:00:00Z");
}

TEST_CASE("digits beyond microseconds are cut off") {
    CHECK(read("1997-09-30T12:00:00.1234569999Z") == "1997-09-30T12:00:00.123456Z");
}

TEST_CASE("a leap second is the first instant of the next minute") {
    CHECK(read("2016-12-31T23:59:60Z") == "2017-01-01T00:00:00Z");
}

TEST_CASE("what is no date or time is refused") {
    for (const auto* text :
         {"", "1997", "1997-13-01", "2023-02-29", "1997-09-31", "0000-01-01", "1997-9-30", "30.09.1997", "1997-09-30T",
          "1997-09-30T24:00:00Z", "1997-09-30T12:60:00Z", "1997-09-30T12:00:61Z", "1997-09-30T12:00:00.Z",
          "1997-09-30T12:00:00+25:00", "1997-09-30T12:00:00ZZ", "1997-09-30T12:00:00 Z", "yesterday", "-1997-09-30"}) {
        INFO(text);
        CHECK(read(text) == "refused");
    }
}

TEST_CASE("a date alone is told from a time") {
    CHECK(is_date_only("1997-09-30"));
    CHECK_FALSE(is_date_only("1997-09-30T00:00:00Z"));
    CHECK_FALSE(is_date_only("1997-09-31"));
}

TEST_CASE("what a time is written as reads back to the same instant") {
    Random random(1, "timestamps");
    for (int i = 0; i < 2000; ++i) {
        const auto instant = from_microseconds(static_cast<std::int64_t>(random.below(200'000'000'000'000'000)) -
                                               50'000'000'000'000'000);

        INFO(to_text(instant));
        CHECK((parse_timestamp(to_text(instant)).value() == instant));
    }
}

TEST_CASE("instants before 1970 belong to the day they fall on") {
    const auto instant = parse_timestamp("1969-12-31T23:59:59.999999Z").value();

    CHECK(day_number(instant) == -1);
    CHECK(to_date_text(instant) == "1969-12-31");
    CHECK(to_text(instant) == "1969-12-31T23:59:59.999999Z");
}

TEST_CASE("a day begins at midnight") {
    const auto midnight = parse_timestamp("1997-09-30").value();

    CHECK((start_of_day(day_number(midnight)) == midnight));
    CHECK(day_number(midnight - Duration(1)) == day_number(midnight) - 1);
}

TEST_CASE("durations are whole numbers with a unit, and sums of them") {
    CHECK(parse_duration("90d").value() == std::chrono::hours(90 * 24));
    CHECK(parse_duration("2w").value() == std::chrono::hours(14 * 24));
    CHECK(parse_duration("12h").value() == std::chrono::hours(12));
    CHECK(parse_duration("30m").value() == std::chrono::minutes(30));
    CHECK(parse_duration("15s").value() == std::chrono::seconds(15));
    CHECK(parse_duration("500ms").value() == std::chrono::milliseconds(500));
    CHECK(parse_duration("1d12h").value() == std::chrono::hours(36));
    CHECK(parse_duration("0s").value() == Duration(0));
}

TEST_CASE("what is no duration is refused") {
    for (const auto* text : {"", "90", "d", "-1d", "1.5d", "90 d", "90days", "1y", "999999999w999999999w", "1d-2h"}) {
        INFO(text);
        CHECK_FALSE(parse_duration(text).has_value());
    }
}

TEST_CASE("a duration is written in the shortest form that reads back") {
    for (const auto* text : {"90d", "1d12h", "1h30m", "15s", "500ms", "1m500ms", "0s"}) {
        CHECK(to_text(parse_duration(text).value()) == text);
    }
    CHECK(to_text(parse_duration("2w").value()) == "14d");
}

}  // namespace segmentd
