// The weekly report of a segment's success metrics.
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "daemon/reports/reports.hpp"
#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

constexpr std::string_view buyers = R"(
feature: orders
signal: purchase
compute: count
---
metric: bought_again
signal: purchase
compute: any
window: 7d
---
segment: buyers
steward: dana
enter: feature.orders >= 1
success_metrics: [{metric: bought_again, at_least: 50%}]
)";

// "2027-W02 2 0.5 met" for every row; the numbers are members and value.
std::string track(LivedEngine& lived, std::string_view segment, std::string_view now, std::int64_t weeks) {
    const auto report = daemon::track_report(lived.engine, lived.reader(), {SegmentId(segment), at(now), weeks});
    if (!report) return report.error().message;
    std::string text;
    for (const auto& row : report->as_array()) {
        const auto& fields = row.as_object();
        if (!text.empty()) text += "; ";
        text += std::string(fields.at("week").as_string()) + ' ' + std::to_string(fields.at("members").as_int64()) +
                ' ' + boost::json::serialize(fields.at("value")) + ' ' + std::string(fields.at("state").as_string());
    }
    return text;
}

}  // namespace

TEST_CASE("a week is met, not met, or not yet known") {
    LivedEngine lived(shop(buyers));
    lived.take(visit("cleo", at("2027-01-02")));
    lived.take(purchase("ada", at("2027-01-05")));  // a Tuesday of the first week
    lived.take(purchase("bob", at("2027-01-06")));
    lived.take(purchase("ada", at("2027-01-11")));  // Monday, 00:00: an outcome of the second week
    lived.take(purchase("ada", at("2027-01-25")));
    lived.take(tick(at("2027-01-27")));

    CHECK(track(lived, "buyers", "2027-01-27", 4) ==
          "2027-W01 0 null no_members; 2027-W02 2 5E-1 met; 2027-W03 2 0E0 not_met; 2027-W04 2 5E-1 not_yet");
}

TEST_CASE("a segment without success metrics is tracked by the target of its objective") {
    auto files =
        shop(std::string(buyers).replace(buyers.find("success_metrics"), std::string::npos, "objective: growth\n"));
    files["workspace.yaml"] += "objectives: [{name: growth, metric: bought_again, target: 50%}]\n";
    LivedEngine lived(files);
    lived.take(purchase("ada", at("2027-01-05")));
    lived.take(purchase("ada", at("2027-01-12")));
    lived.take(tick(at("2027-01-27")));

    CHECK(track(lived, "buyers", "2027-01-27", 3) ==
          "2027-W02 1 1E0 met; 2027-W03 1 0E0 not_met; 2027-W04 1 0E0 not_yet");
}

TEST_CASE("a week is final at the very instant at which its window has passed") {
    LivedEngine lived(shop(buyers));
    lived.take(purchase("ada", at("2027-01-05")));

    CHECK(track(lived, "buyers", "2027-01-17T23:59:59Z", 1) == "2027-W02 1 0E0 not_yet");
    CHECK(track(lived, "buyers", "2027-01-18T00:00:00Z", 2) == "2027-W02 1 0E0 not_met; 2027-W03 1 0E0 not_yet");
}

TEST_CASE("weeks around new year have the numbers of ISO 8601") {
    LivedEngine lived(shop(buyers), at("2026-12-01"));
    lived.take(purchase("ada", at("2026-12-02")));

    CHECK(track(lived, "buyers", "2027-01-04", 2) == "2026-W53 1 0E0 not_met; 2027-W01 1 0E0 not_yet");
}

TEST_CASE("an unknown segment has no weeks") {
    LivedEngine lived(shop(buyers));

    CHECK(track(lived, "sellers", "2027-01-04", 2) == "there is no segment 'sellers'");
}

}  // namespace segmentd::tests
