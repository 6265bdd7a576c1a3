// A plan whose texts try to be HTML, as a page and in a terminal.
#include "daemon/dashboard/plan_document.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "daemon/dashboard/pages.hpp"
#include "tests/unit/rules/workspace_files.hpp"

namespace segmentd::tests {
namespace {

boost::json::object empty_plan() {
    return boost::json::parse(R"json({
        "plan": "0123456789ab", "from": null, "to": "v2", "at": "2027-01-06T10:00:00Z", "customers": 12345,
        "changes": [], "segments": [], "account_segments": [], "migration": [], "overlap": [],
        "pilots_contaminated": [], "features_to_backfill": [], "touches": [], "warnings": [], "diff": ""})json")
        .as_object();
}

boost::json::object full_plan() {
    auto plan = empty_plan();
    plan["from"] = "v1";
    const auto set = [&](const char* name, const char* text) { plan[name] = boost::json::parse(text); };
    set("changes", R"([{"kind":"segment","name":"buyers","change":"changed","file":"a&b.yaml","meaning":"narrower",
        "fields":[{"field":"rationale","from":"<script>alert(1)</script>","to":"\"so\""}]}])");
    set("segments", R"([{"segment":"buyers","change":"changed","enter":0,"leave":2000,"stay":2000,"size_before":4000,
        "size_after":2000,"revenue_touched":1234.5,"expected_value_touched":null,"jaccard":0.5,"borderline_share":0.25,
        "expected_churn_per_week":0.01}])");
    set("account_segments", R"([{"segment":"busy_teams","change":"added","enter":3,"leave":0,"stay":0,"size_before":0,
        "size_after":3}])");
    set("migration", R"([{"from":"buyers","to":null,"customers":2000}])");
    set("overlap", R"([{"segment":"buyers","with":"visitors","customers":7}])");
    set("pilots_contaminated", R"([{"pilot":"gift","segment":"buyers","enrolled":50,"enrolled_who_leave":20,
        "entering":0,"changed":false}])");
    set("features_to_backfill", R"(["orders_90d"])");
    set("touches", R"([{"playbook":"welcome","decision":"send","count":4}])");
    set("warnings", R"([{"rule":"few_stay","message":"segment buyers: <b>few</b> & less"}])");
    plan["diff"] = "--- a/a&b.yaml\n+++ b/a&b.yaml\n-  enter: feature.orders >= 1\n+  enter: feature.orders >= 3\n";
    return plan;
}

}  // namespace

TEST_CASE("a plan reads as approved in a browser, and no text becomes HTML") {
    const auto html = daemon::document_page(daemon::plan_document(full_plan()), daemon::PagePlace::file);

    CHECK(html == approved_text(source_folder() / "tests/golden/plan.approved.html", html));
    CHECK(html.find("<script") == std::string::npos);
    CHECK(html.find("<b>") == std::string::npos);
    CHECK(html.find("&lt;script&gt;alert(1)&lt;/script&gt;") != std::string::npos);
    CHECK(html.find("-  enter: feature.orders &gt;= 1\n") != std::string::npos);
}

TEST_CASE("a rollback that was looked at has the name of what it goes to, and none of its own") {
    auto plan = empty_plan();
    plan["plan"] = nullptr;

    CHECK(daemon::plan_document(plan).title == "Rollback to v2");
}

TEST_CASE("a plan that changes nothing says so and shows no empty table") {
    const auto document = daemon::plan_document(empty_plan());
    const auto html = daemon::document_page(document, daemon::PagePlace::file);

    CHECK(
        document.subtitle ==
        "From nothing to v2, 12,345 customers, as of 2027-01-06 10:00 UTC. Nothing of it is applied by looking at it.");
    REQUIRE(document.sections.size() == 1);
    CHECK(document.sections[0].blocks[0].text == "No definition changes.");
    CHECK(html.find("<table") == std::string::npos);
    CHECK(html.find("<pre") == std::string::npos);
}

TEST_CASE("a table is a list of its rows in a terminal, and a preformatted text keeps its lines") {
    daemon::Document document{"T", "", {{"S", {}}}};
    add_table(document.sections[0], "Sizes", {{"Segment"}, {"Size", true}}, {{"buyers", "12"}, {"others", "3"}});
    add_preformatted(document.sections[0], "Difference", "-one\n+two\x1b[31m");

    const auto text = daemon::document_text(document, 80);

    CHECK(text ==
          "T\n=\n\nS\n-\nSizes:\n  - Segment: buyers, Size: 12\n  - Segment: others, Size: 3\n"
          "Difference:\n  -one\n  +two [31m\n");
}

}  // namespace segmentd::tests
