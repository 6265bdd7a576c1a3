#include <catch2/catch.hpp>

#include "daemon/collect/collected.hpp"

namespace segmentd::daemon {
namespace {

std::optional<Timestamp> at(const char* text) {
    return parse_timestamp(text).value();
}

CollectContext wall_context() {
    CollectContext context;
    context.received_at = context.engine_now = *at("2027-01-20T12:00:00Z");
    return context;
}

// The engine lives in 1998 while the wall says 2027.
CollectContext own_clock_context() {
    auto context = wall_context();
    context.engine_now = *at("1998-07-04T12:00:00Z");
    context.own_clock = true;
    return context;
}

}  // namespace

TEST_CASE("an event without a time happened now") {
    CHECK(to_text(place_in_time(wall_context(), std::nullopt, at("2027-01-20T11:00:00Z"))) == "2027-01-20T12:00:00Z");
}

TEST_CASE("a past time without the time of sending stands as claimed") {
    CHECK(to_text(place_in_time(wall_context(), at("2027-01-20T11:59:00Z"), std::nullopt)) == "2027-01-20T11:59:00Z");
}

TEST_CASE("a future time without the time of sending is now") {
    CHECK(to_text(place_in_time(wall_context(), at("2031-01-01"), std::nullopt)) == "2027-01-20T12:00:00Z");
}

TEST_CASE("the age at sending is taken off the present, whatever the sender's clock says") {
    const auto claimed = at("2020-05-05T08:00:00Z");
    const auto sent = at("2020-05-05T08:00:30Z");

    CHECK(to_text(place_in_time(wall_context(), claimed, sent)) == "2027-01-20T11:59:30Z");
}

TEST_CASE("an event claimed for after its sending is now") {
    const auto claimed = at("2027-01-20T12:30:00Z");
    const auto sent = at("2027-01-20T12:00:00Z");

    CHECK(to_text(place_in_time(wall_context(), claimed, sent)) == "2027-01-20T12:00:00Z");
}

TEST_CASE("on a clock of its own a claim in its past stands, also beside a time of sending") {
    const auto claimed = at("1998-07-01");

    CHECK(to_text(place_in_time(own_clock_context(), claimed, at("2027-01-20T12:00:00Z"))) == "1998-07-01T00:00:00Z");
}

TEST_CASE("on a clock of its own a claim of the present on the wall becomes its age") {
    const auto claimed = at("2027-01-20T11:59:00Z");
    const auto sent = at("2027-01-20T12:00:00Z");

    CHECK(to_text(place_in_time(own_clock_context(), claimed, sent)) == "1998-07-04T11:59:00Z");
}

TEST_CASE("on a clock of its own a claim in its future without the time of sending is now") {
    CHECK(to_text(place_in_time(own_clock_context(), at("2027-01-01"), std::nullopt)) == "1998-07-04T12:00:00Z");
}

}  // namespace segmentd::daemon
