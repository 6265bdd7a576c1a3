#include "daemon/settings/time_zones.hpp"

#include <catch2/catch.hpp>

#include "base/zone.hpp"
#include "rules/load/load.hpp"
#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::daemon {
namespace {

using Files = std::map<std::string, std::string>;

constexpr const char* shop = R"(workspace: shop
zone: Europe/Vienna
customer_zone: time_zone
profile: {time_zone: text}
---
signal: order
title: One order
---
feature: orders_this_month
signal: order
compute: count
window: this_month
---
feature: own_orders_today
signal: order
compute: count
window: today
zone: customer
---
segment: active_this_month
rationale: They bought since the month began
steward: dana
enter: feature.orders_this_month >= 1
---
segment: bought_today
rationale: They bought since their day began
steward: dana
enter: feature.own_orders_today >= 1
)";

Files with_zones(std::string workspace) {
    Files files{{"workspace.yaml", std::move(workspace)}};
    REQUIRE(add_time_zones(files).has_value());
    return files;
}

Record order(const char* customer, const char* when) {
    return tests::record_of(customer, tests::at(when), SignalRecord{SignalId("order"), {}});
}

Record lives_in(const char* customer, const char* when, const char* zone) {
    return tests::record_of(customer, tests::at(when), ProfileRecord{{{"time_zone", std::string(zone)}}});
}

}  // namespace

TEST_CASE("a workspace in UTC gets no tables") {
    CHECK(with_zones("workspace: shop\n").size() == 1);
}

TEST_CASE("a workspace in a zone gets its table alone, with the release of tzdata") {
    const auto zones = parse_zones(with_zones("workspace: shop\nzone: Europe/Vienna\n").at("time_zones.txt")).value();

    CHECK(zones.by_name.size() == 1);
    CHECK_FALSE(zones.release.empty());
    const auto& vienna = zones.by_name.at("Europe/Vienna");
    CHECK(to_text(vienna.parse_timestamp("2026-07-01").value()) == "2026-06-30T22:00:00Z");
    CHECK(to_text(vienna.parse_timestamp("2026-12-01").value()) == "2026-11-30T23:00:00Z");
}

TEST_CASE("where customers have zones of their own every table is there, shared ones once") {
    const auto files = with_zones(shop);
    const auto zones = parse_zones(files.at("time_zones.txt")).value();

    CHECK(zones.find("America/New_York") != nullptr);
    CHECK(zones.find("Asia/Kathmandu") != nullptr);
    CHECK(files.at("time_zones.txt").size() < 400'000);
}

TEST_CASE("the dates of a workspace begin in its zone") {
    const auto loaded =
        rules::load_workspace(with_zones("workspace: shop\nzone: Europe/Vienna\nclock: {start: 2026-07-01}\npeople:\n"
                                         "  - {id: dana, left: 2026-12-01T00:00:00Z}\n"));

    REQUIRE(loaded.has_value());
    CHECK(to_text(*loaded->workspace.clock_start) == "2026-06-30T22:00:00Z");
    CHECK(to_text(*loaded->workspace.people.front().left) == "2026-12-01T00:00:00Z");
}

TEST_CASE("a month ends at the midnight of the workspace on both sides of a clock change") {
    tests::LivedEngine lived(with_zones(shop), tests::at("2026-03-01"));
    lived.take(order("anna", "2026-03-31T21:59:59Z"));
    lived.take(tests::tick(tests::at("2026-03-31T21:59:59.999999Z")));
    CHECK(lived.is_member("anna", "active_this_month"));

    lived.take(tests::tick(tests::at("2026-03-31T22:00:00Z")));

    CHECK_FALSE(lived.is_member("anna", "active_this_month"));
}

TEST_CASE("a day ends at the customer's midnight, or the workspace's where they name no known zone") {
    tests::LivedEngine lived(with_zones(shop), tests::at("2026-06-01"));
    for (const auto* zone : {"America/New_York", "Asia/Kathmandu", "Middle/Earth"}) {
        lived.take(lives_in(zone, "2026-06-10T12:00:00Z", zone));
        lived.take(order(zone, "2026-06-10T12:00:00Z"));
    }

    lived.take(tests::tick(tests::at("2026-06-10T18:15:00Z")));
    CHECK_FALSE(lived.is_member("Asia/Kathmandu", "bought_today"));
    CHECK(lived.is_member("Middle/Earth", "bought_today"));

    lived.take(tests::tick(tests::at("2026-06-10T22:00:00Z")));
    CHECK_FALSE(lived.is_member("Middle/Earth", "bought_today"));
    CHECK(lived.is_member("America/New_York", "bought_today"));

    lived.take(tests::tick(tests::at("2026-06-11T04:00:00Z")));
    CHECK_FALSE(lived.is_member("America/New_York", "bought_today"));
}

TEST_CASE("a customer who moves to another zone is judged by its day at once") {
    tests::LivedEngine lived(with_zones(shop), tests::at("2026-06-01"));
    lived.take(lives_in("anna", "2026-06-10T10:00:00Z", "Pacific/Auckland"));
    lived.take(order("anna", "2026-06-10T11:00:00Z"));
    lived.take(tests::tick(tests::at("2026-06-10T13:00:00Z")));
    CHECK_FALSE(lived.is_member("anna", "bought_today"));

    lived.take(lives_in("anna", "2026-06-10T13:00:00Z", "Europe/Vienna"));

    CHECK(lived.is_member("anna", "bought_today"));
}

}  // namespace segmentd::daemon
