// What reports, plans and looks back say about accounts.
#include "daemon/planning/plan.hpp"
#include "daemon/reports/explain_segment.hpp"
#include "daemon/reports/hindsight.hpp"
#include "daemon/reports/reports.hpp"
#include "daemon/stability/stability_start.hpp"
#include "tests/unit/daemon/accounts_fixture.hpp"

namespace segmentd::tests {
namespace {

namespace json = boost::json;

// acme ordered on 3 and 4 January, by ada and bob.
void live(LivedEngine& lived) {
    lived.take(group("ada", at("2027-01-02"), "acme", {{"plan", std::string("free")}}));
    lived.take(group("bob", at("2027-01-02"), "acme"));
    lived.take(group("cy", at("2027-01-02"), "globex"));
    lived.take(purchase("ada", at("2027-01-03")));
    lived.take(purchase("bob", at("2027-01-04")));
}

json::object row_of(const json::value& rows, std::string_view segment) {
    for (const auto& row : rows.as_array()) {
        if (row.at("segment").as_string() == segment) return row.as_object();
    }
    return {};
}

}  // namespace

TEST_CASE("segments of accounts stand among the segments, with their share of the accounts") {
    LivedEngine lived(teams(team_rules));
    live(lived);

    const auto rows = daemon::segments_report(lived.engine);

    CHECK(row_of(rows, "busy_teams").at("of") == "account");
    CHECK(row_of(rows, "busy_teams").at("size") == 1);
    CHECK(row_of(rows, "busy_teams").at("share") == 0.5);
    CHECK(row_of(rows, "busy_teams").at("revenue").is_null());
    CHECK(row_of(rows, "buyers").at("of") == "customer");
    CHECK(row_of(rows, "buyers").at("size") == 2);
}

TEST_CASE("members of a segment of accounts are accounts") {
    LivedEngine lived(teams(team_rules));
    live(lived);

    const auto members = daemon::members_report(lived.engine, SegmentId("busy_teams"));
    const auto page = daemon::members_page(lived.engine, SegmentId("busy_teams"), {1, ""});

    REQUIRE(members.has_value());
    REQUIRE(members->as_array().size() == 1);
    CHECK(members->as_array()[0].at("account") == "acme");
    CHECK(members->as_array()[0].at("since") == "2027-01-04T00:00:00Z");
    REQUIRE(page.has_value());
    CHECK(page->at("members").as_array()[0].at("account") == "acme");
}

TEST_CASE("an explanation of an account tells when it would leave, and what would let it in") {
    LivedEngine lived(teams(team_rules));
    live(lived);

    const auto busy = daemon::explain_segment_report(lived.engine, CustomerId("acme"), SegmentId("busy_teams"));
    const auto pro = daemon::explain_segment_report(lived.engine, CustomerId("acme"), SegmentId("busy_pro_teams"));

    REQUIRE(busy.has_value());
    CHECK(busy->at("account") == "acme");
    CHECK(busy->at("member") == true);
    CHECK(busy->at("next_change").at("at") == "2027-02-02T00:00:00Z");
    REQUIRE(pro.has_value());
    CHECK(pro->at("smallest_change").at("input") == "profile.plan");
    CHECK(pro->at("smallest_change").at("to") == "pro");
}

TEST_CASE("a customer and an unknown account are not explained beside a segment of accounts") {
    LivedEngine lived(teams(team_rules));
    live(lived);

    const auto customer = daemon::explain_segment_report(lived.engine, CustomerId("ada"), SegmentId("busy_teams"));

    REQUIRE_FALSE(customer.has_value());
    CHECK(customer.error().message == "no record names the account 'ada'");
}

TEST_CASE("an explanation of a customer names their account") {
    LivedEngine lived(teams(team_rules));
    live(lived);

    CHECK(daemon::explain_report(lived.engine, CustomerId("ada"))->at("account") == "acme");
}

TEST_CASE("what is told of customers alone refuses a segment of accounts by name") {
    LivedEngine lived(teams(team_rules));
    live(lived);

    const auto track =
        daemon::track_report(lived.engine, lived.reader(), {SegmentId("busy_teams"), at("2027-01-05"), 1});

    daemon::StabilityRequest asked;
    asked.segment = SegmentId("busy_teams");
    asked.now = at("2027-01-05");
    const auto stability = daemon::begin_stability(lived.engine, asked);

    REQUIRE_FALSE(track.has_value());
    CHECK(track.error().message == "the segment 'busy_teams' is of accounts, and this is told of customers");
    REQUIRE_FALSE(stability.has_value());
    CHECK(stability.error().message == track.error().message);
}

TEST_CASE("a look back finds the accounts that were in a segment by then") {
    LivedEngine lived(teams(team_rules));
    live(lived);

    auto before = daemon::look_back(lived.engine, lived.reader(), at("2027-01-03T23:00:00Z"));
    auto after = daemon::look_back(lived.engine, lived.reader(), at("2027-01-04T00:00:00Z"));

    REQUIRE(before.has_value());
    REQUIRE(after.has_value());
    CHECK(row_of(daemon::segments_report(*before), "busy_teams").at("size") == 0);
    CHECK(row_of(daemon::segments_report(*after), "busy_teams").at("size") == 1);
}

TEST_CASE("a plan says which accounts enter and leave, and is about customers otherwise") {
    LivedEngine lived(teams(team_rules));
    live(lived);
    auto rules = std::string(team_rules);
    rules.replace(rules.find("team_orders >= 2"), 16, "team_orders >= 3");
    const auto start = daemon::begin_plan(lived.engine, teams(team_rules));

    const auto effects = lived.take(definitions(at("2027-01-05"), teams(rules), "v2"));
    const auto files = teams(rules);
    const auto plan = daemon::make_plan(start, {lived.engine, files, effects});

    const auto& rows = plan.at("account_segments").as_array();
    REQUIRE(rows.size() == 1);
    CHECK(rows[0] == json::value{{"segment", "busy_teams"},
                                 {"change", "changed"},
                                 {"enter", 0},
                                 {"leave", 1},
                                 {"stay", 0},
                                 {"size_before", 1},
                                 {"size_after", 0}});
    CHECK(plan.at("segments").as_array().empty());
    CHECK(plan.at("migration").as_array().empty());
    REQUIRE(plan.at("changes").as_array().size() == 1);
    CHECK(plan.at("changes").as_array()[0].at("meaning") == "narrower");
    CHECK(plan.at("warnings") ==
          json::array{{{"rule", "segment_empty"}, {"message", "segment of accounts busy_teams has no members"}},
                      {{"rule", "few_stay"},
                       {"message",
                        "segment of accounts busy_teams: of all who were or would be members, only 0 % are "
                        "both"}}});
}

}  // namespace segmentd::tests
