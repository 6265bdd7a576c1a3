// The overview with fixed figures, and the drawings in it.
#include <catch2/catch.hpp>

#include <boost/json.hpp>

#include "daemon/dashboard/figures.hpp"
#include "daemon/dashboard/pages.hpp"
#include "daemon/dashboard/texts.hpp"
#include "tests/unit/rules/workspace_files.hpp"

namespace segmentd::daemon {
namespace {

const char* const overview_json = R"({
"company": "Shop <img src=x onerror=alert(1)>", "workspace": "shop", "definitions": "0123456789ab",
"engine_time": "2027-01-10T12:00:00Z", "records": 12345, "customers": 40,
"segments": [{"segment": "visitors", "title": "Visitors", "steward": "gus", "steward_left": true, "size": 12, "share": 0.3}],
"flows": [{"day": 20829, "segment": "visitors", "entered": 10, "left": 0},
          {"day": 20830, "segment": "visitors", "entered": 1, "left": 4},
          {"day": 20831, "segment": "visitors", "entered": 5, "left": 0},
          {"day": 12, "segment": "visitors", "entered": 5, "left": 0}],
"migrations": [{"from": "visitors", "to": "buyers", "customers": 3}, {"from": "buyers", "to": "lost", "customers": 7}],
"pilots": [{"pilot": "gift", "state": "enrolling", "hypothesis": "Gifts <b>work</b>.", "enrolled": {"plain": 20, "gift": 20},
  "sample_ratio_p": 1, "warnings": ["Mind <i>this</i>."],
  "guardrails": [{"metric": "refunds", "arm": "gift", "worse_by_at_most": 0.1, "verdict": "ok"}], "findings": [
   {"metric": "bought", "segment": "all", "arm": "gift", "control": "plain", "n": 20, "n_control": 20, "mean": 0.5,
    "mean_control": 0.25, "difference": 0.25, "interval": [-0.25, 0.75], "always_valid_interval": null},
   {"metric": "spend", "segment": "all", "arm": "gift", "control": "plain", "n": 0, "n_control": 0, "mean": 0,
    "mean_control": 0, "difference": 0, "interval": null, "always_valid_interval": null},
   {"metric": "bought", "segment": "keen", "arm": "gift", "control": "plain", "n": 9, "n_control": 9, "mean": 0,
    "mean_control": 0, "difference": 0, "interval": null, "always_valid_interval": null}]}],
"reviews": [{"review": 1, "kind": "drift", "segment": "visitors", "owner": "dana", "owner_left": false,
  "steward": "gus", "steward_left": true, "deadline": "2027-01-09T00:00:00Z",
  "state": "open", "overdue": true, "finding": "The share fell."}],
"decisions": {"counts": [{"decision": "refused", "reason": "no consent", "count": 2}], "newest": [
  {"at": "2027-01-10T11:59:00Z", "touch": "hello", "endpoint": "mailer", "decision": "refused", "reason": "no consent",
   "customer": "ada@example.com"}]},
"rejects": {"unknown event": 4},
"health": {"durable_records": 12345, "waiting": 0, "waiting_for_disk": 0, "clock_held": false, "tree_head": "ab12",
  "tree_size": 12345},
"endpoints": [{"endpoint": "mailer", "mode": "shadow", "paused": true, "waiting": 0, "delivered": 0, "shadow": 1,
  "refused": 2, "given_up": 0, "last_error": ""}],
"pauses": [{"target": "endpoint", "name": "mailer", "since": "2027-01-10T00:00:00Z", "by": "dana", "reason": "a test"}]
})";

std::string page_for(const PageReader& reader) {
    return overview_page(boost::json::parse(overview_json).as_object(), reader);
}

TEST_CASE("the overview reads as approved, and no text becomes HTML") {
    const auto page = page_for({"reports", "viewer", false, true});

    CHECK(page == tests::approved_text(tests::source_folder() / "tests/golden/overview.approved.html", page));
    CHECK(page.find("<img") == std::string::npos);
    CHECK(page.find("<b>") == std::string::npos);
    CHECK(page.find("<script") == std::string::npos);
}

TEST_CASE("customers stand on the overview only for readers who may see them") {
    const PageReader viewer{"reports", "viewer", false, true};
    const PageReader editor{"dana", "editor", true, false};

    CHECK(page_for(viewer).find("ada@example.com") == std::string::npos);
    CHECK(page_for(editor).find("hello to mailer for ada@example.com") != std::string::npos);
}

TEST_CASE("only a reader with a session can sign out") {
    CHECK(page_for({"reports", "viewer", false, true}).find("/logout") != std::string::npos);
    CHECK(page_for({"reports", "viewer", false, false}).find("/logout") == std::string::npos);
}

TEST_CASE("sizes of past days are today's size without the changes since") {
    CHECK(sizes_by_day(12, {10, -3, 5}) == std::vector<std::int64_t>{10, 7, 12});
    CHECK(sizes_by_day(1, {0, 5}) == std::vector<std::int64_t>{0, 1});
}

TEST_CASE("a curve spans its box from zero to the largest value") {
    CHECK(curve_points({0, 5, 10}) == "0.0,23.0 50.0,12.0 100.0,1.0");
    CHECK(curve_points({0, 0}) == "0.0,23.0 100.0,23.0");
    CHECK(curve_points({}).empty());
}

TEST_CASE("an interval is drawn with zero in the box") {
    const auto right = interval_places(0.25, 1.0, 0.5);
    CHECK(right.zero == Approx(2));
    CHECK(right.estimate == Approx(50));
    CHECK(right.upper == Approx(98));

    const auto across = interval_places(-1, 3, 1);
    CHECK(across.lower == Approx(2));
    CHECK(across.zero == Approx(26));
    CHECK(interval_places(0, 0, 0).zero == Approx(2));
}

TEST_CASE("numbers read as people write them") {
    CHECK(count_text(1234567) == "1,234,567");
    CHECK(count_text(-1234) == "-1,234");
    CHECK(count_text(999) == "999");
    CHECK(number_text(0.04167) == "0.04167");
    CHECK(signed_text(0.5) == "+0.5");
    CHECK(percent_text(0.0416) == "4.2 %");
    CHECK(amount_text(1234.4, "EUR") == "1,234 EUR");
    CHECK(amount_text(nullptr, "EUR") == "not known");
    CHECK(minute_text("2027-01-03T12:00:00.5Z") == "2027-01-03 12:00 UTC");
}

}  // namespace
}  // namespace segmentd::daemon
