#include <catch2/catch.hpp>

#include "base/random.hpp"
#include "base/zone.hpp"

namespace segmentd {
namespace {

Timestamp at(const char* text) {
    return parse_timestamp(text).value();
}

std::int64_t second_of(const char* text) {
    return to_microseconds(at(text)) / 1'000'000;
}

// Vienna's clock in 2027: an hour ahead at the end of March, back at the end of October.
Zone vienna() {
    return {3'600, {{second_of("2027-03-28T01:00:00Z"), 7'200}, {second_of("2027-10-31T01:00:00Z"), 3'600}}};
}

// Sao Paulo's in 2018: the hour after midnight was left out, and given back before another midnight.
Zone sao_paulo() {
    return {-7'200, {{second_of("2018-02-18T02:00:00Z"), -10'800}, {second_of("2018-11-04T03:00:00Z"), -7'200}}};
}

// Samoa's: 30 December 2011 did not take place.
Zone samoa() {
    return {-36'000, {{second_of("2011-12-30T10:00:00Z"), 50'400}}};
}

}  // namespace

TEST_CASE("a day of UTC begins at its midnight") {
    CHECK(Zone().day_number(at("1969-12-31T23:59:59Z")) == -1);
    CHECK((Zone().start_of_day(0) == at("1970-01-01")));
}

TEST_CASE("a local day begins at its own midnight on both sides of a clock change") {
    const auto zone = vienna();

    CHECK((zone.parse_timestamp("2027-03-28").value() == at("2027-03-27T23:00:00Z")));
    CHECK((zone.parse_timestamp("2027-03-29").value() == at("2027-03-28T22:00:00Z")));
    CHECK((zone.parse_timestamp("2027-11-01").value() == at("2027-10-31T23:00:00Z")));
    CHECK(zone.to_date_text(at("2027-03-28T21:59:59Z")) == "2027-03-28");
    CHECK(zone.to_date_text(at("2027-03-28T22:00:00Z")) == "2027-03-29");
}

TEST_CASE("a time with an offset is the same instant in every zone") {
    CHECK((vienna().parse_timestamp("2027-03-28T12:00:00+02:00").value() == at("2027-03-28T10:00:00Z")));
}

TEST_CASE("a day whose midnight is jumped over begins at the jump") {
    const auto zone = sao_paulo();

    CHECK((zone.parse_timestamp("2018-11-04").value() == at("2018-11-04T03:00:00Z")));
    CHECK(zone.to_date_text(at("2018-11-04T02:59:59Z")) == "2018-11-03");
    CHECK((zone.parse_timestamp("2018-11-05").value() == at("2018-11-05T02:00:00Z")));
}

TEST_CASE("an hour that comes twice before midnight belongs to the day it ends") {
    const auto zone = sao_paulo();

    CHECK((zone.parse_timestamp("2018-02-18").value() == at("2018-02-18T03:00:00Z")));
    CHECK(zone.to_date_text(at("2018-02-18T02:30:00Z")) == "2018-02-17");
}

TEST_CASE("a day that a zone left out begins and ends at one instant") {
    const auto zone = samoa();

    CHECK((zone.parse_timestamp("2011-12-30").value() == at("2011-12-30T10:00:00Z")));
    CHECK((zone.parse_timestamp("2011-12-31").value() == at("2011-12-30T10:00:00Z")));
    CHECK(zone.to_date_text(at("2011-12-30T10:00:00Z")) == "2011-12-31");
}

TEST_CASE("every instant lies in the day that its number names") {
    Random random(7, "days of zones");
    for (const auto& zone : {vienna(), sao_paulo(), samoa(), Zone()}) {
        for (int i = 0; i < 2'000; ++i) {
            const auto instant = from_microseconds(static_cast<std::int64_t>(random.below(2'000'000'000'000'000)));
            const auto day = zone.day_number(instant);

            REQUIRE((zone.start_of_day(day) <= instant));
            REQUIRE((instant < zone.start_of_day(day + 1)));
        }
    }
}

TEST_CASE("periods begin on Monday, on the first of a month, a quarter and a year") {
    const auto noon = at("2027-05-19T12:00:00Z");

    CHECK((period_start(Zone(), Period::day, noon, 0) == at("2027-05-19")));
    CHECK((period_start(Zone(), Period::week, noon, 0) == at("2027-05-17")));
    CHECK((period_start(Zone(), Period::month, noon, 0) == at("2027-05-01")));
    CHECK((period_start(Zone(), Period::quarter, noon, 0) == at("2027-04-01")));
    CHECK((period_start(Zone(), Period::year, noon, 0) == at("2027-01-01")));
}

TEST_CASE("periods are counted on and back over the turn of a year") {
    const auto noon = at("2027-01-02T12:00:00Z");

    CHECK((period_start(Zone(), Period::week, noon, -1) == at("2026-12-21")));
    CHECK((period_start(Zone(), Period::month, noon, -1) == at("2026-12-01")));
    CHECK((period_start(Zone(), Period::month, noon, 14) == at("2028-03-01")));
    CHECK((period_start(Zone(), Period::quarter, noon, -1) == at("2026-10-01")));
    CHECK((period_start(Zone(), Period::year, noon, -1) == at("2026-01-01")));
}

TEST_CASE("a month of a zone begins at its own midnight") {
    CHECK((period_start(vienna(), Period::month, at("2027-03-31T22:30:00Z"), 0) == at("2027-03-31T22:00:00Z")));
    CHECK((period_start(vienna(), Period::month, at("2027-03-31T21:59:59Z"), 0) == at("2027-02-28T23:00:00Z")));
}

TEST_CASE("tables are read back as they were written, shared ones once") {
    Zones zones{"2027a", {{"Europe/Berlin", vienna()}, {"Europe/Vienna", vienna()}, {"Pacific/Apia", samoa()}}};

    const auto text = to_text(zones);

    CHECK(text.starts_with("tzdata 2027a\nEurope/Berlin 3600 1806195600:7200 1824944400:3600\n"));
    CHECK(text.find("Europe/Vienna =Europe/Berlin\n") != std::string::npos);
    CHECK(parse_zones(text).value() == zones);
}

TEST_CASE("a table that is not in order is refused") {
    CHECK_FALSE(parse_zones("").has_value());
    CHECK_FALSE(parse_zones("tzdata 2027a\nA 3600 20:7200 10:3600\n").has_value());
    CHECK_FALSE(parse_zones("tzdata 2027a\nA 3600 10:99999999\n").has_value());
    CHECK_FALSE(parse_zones("tzdata 2027a\nA =B\n").has_value());
    CHECK_FALSE(parse_zones("tzdata 2027a\nA\n").has_value());
}

TEST_CASE("UTC is known without a table") {
    CHECK(Zones().find("UTC") == &Zone::utc());
    CHECK(Zones().find("Europe/Vienna") == nullptr);
}

}  // namespace segmentd
