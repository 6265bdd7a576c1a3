// missing: error, limits, the next look at a segment, and the segment's own version.
#include <catch2/catch.hpp>

#include <algorithm>

#include "daemon/planning/plan.hpp"
#include "daemon/reports/brief_report.hpp"
#include "daemon/reports/reports.hpp"
#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

constexpr std::string_view small_teams = R"(
segment: small
steward: dana
enter: [profile.plan == 'pro', profile.employees < 10]
missing: error
)";

constexpr std::string_view limited = R"(
segment: pro
steward: dana
enter: profile.plan == 'pro'
limits: {size: {at_least: 1}, share: {at_most: 50%}}
)";

Record employees_of(std::string_view customer, Timestamp when, std::int64_t employees) {
    return record_of(customer, when, ProfileRecord{{{"employees", employees}}});
}

boost::json::object row_of_segment(const LivedEngine& lived, std::size_t index = 0) {
    return daemon::segments_report(lived.engine).as_array().at(index).as_object();
}

boost::json::value explained(const LivedEngine& lived, const char* customer, const char* member) {
    const auto report = daemon::explain_report(lived.engine, CustomerId(customer)).value();
    return report.at("segments").as_array().at(0).at(member);
}

std::vector<AlarmRecord> alarms_in(const daemon::Effects& effects) {
    std::vector<AlarmRecord> alarms;
    for (const auto& fact : effects.facts) alarms.push_back(std::get<AlarmRecord>(fact.payload));
    return alarms;
}

}  // namespace

TEST_CASE("with missing: error an input that decides keeps out and is counted until it is known") {
    LivedEngine lived(shop(small_teams));

    lived.take(plan_of("ada", at("2027-01-02"), "pro"));
    const auto waiting = lived.engine.undecided();
    const auto errors = explained(lived, "ada", "errors");
    const bool was_member = lived.is_member("ada", "small");
    lived.take(employees_of("ada", at("2027-01-03"), 5));

    CHECK(waiting == std::vector<std::int64_t>{1});
    CHECK_FALSE(was_member);
    CHECK(errors == boost::json::parse(R"([{"condition":"profile.employees < 10","unknown":["profile.employees"]}])"));
    CHECK(lived.engine.undecided() == std::vector<std::int64_t>{0});
    CHECK(lived.is_member("ada", "small"));
}

TEST_CASE("with missing: error nobody is counted whom another line keeps out") {
    LivedEngine lived(shop(small_teams));

    lived.take(plan_of("ada", at("2027-01-02"), "free"));

    CHECK(lived.engine.undecided() == std::vector<std::int64_t>{0});
    CHECK(explained(lived, "ada", "errors").as_array().empty());
}

TEST_CASE("with missing: error a member whose stay becomes unknown stays, is marked and counted") {
    LivedEngine lived(
        shop("feature: items\nsignal: purchase\ncompute: mean\nvalue: event.items\nwindow: 10d\n---\n"
             "segment: baskets\nsteward: dana\nenter: feature.items >= 2.0\nmissing: error\n"));
    auto order = purchase("ada", at("2027-01-02"));
    std::get<SignalRecord>(order.payload).properties["items"] = std::int64_t{3};
    lived.take(order);

    lived.take(tick(at("2027-01-20")));

    REQUIRE(lived.is_member("ada", "baskets"));
    CHECK(lived.membership("ada", "baskets")->unknown);
    CHECK(row_of_segment(lived).at("undecided") == 1);
}

TEST_CASE("new definitions count the undecided afresh") {
    LivedEngine lived(shop(small_teams));
    lived.take(plan_of("ada", at("2027-01-02"), "pro"));

    lived.take(definitions(at("2027-01-03"), shop(std::string(small_teams) + "title: Small\n"), "v2"));

    CHECK(lived.engine.undecided() == std::vector<std::int64_t>{1});
}

TEST_CASE("a limit that is broken at a day's end raises one alarm and opens one review") {
    LivedEngine lived(shop(limited));
    lived.take(plan_of("ada", at("2027-01-02"), "pro"));
    lived.take(plan_of("bob", at("2027-01-02T08:00:00Z"), "free"));
    const auto kept = lived.take(tick(at("2027-01-03")));
    lived.take(plan_of("bob", at("2027-01-03T08:00:00Z"), "pro"));

    const auto broken = lived.take(tick(at("2027-01-04")));
    const auto next_day = lived.take(tick(at("2027-01-05")));

    CHECK(alarms_in(kept).empty());
    REQUIRE(alarms_in(broken).size() == 1);
    const auto alarm = alarms_in(broken).front();
    CHECK(alarm == AlarmRecord{"pro", 20'821, 0.5, 1.0, 1.0, 1.0, 2, "share at most 50 %"});
    CHECK(alarms_in(next_day).empty());
    CHECK(lived.engine.unrecorded_alarms().size() == 1);

    lived.take(record_of("", at("2027-01-05"), alarm));
    CHECK(lived.engine.unrecorded_alarms().empty());
    const auto& review = lived.engine.reviews().all().at(0);
    CHECK(review.kind == daemon::ReviewKind::limit);
    CHECK(review.finding == "the share of pro is 100.0 %, agreed was share at most 50 %");
}

TEST_CASE("a limit that was kept for a day and is broken again raises an alarm again") {
    LivedEngine lived(shop(limited));
    lived.take(plan_of("ada", at("2027-01-02"), "pro"));
    const auto first = lived.take(tick(at("2027-01-03")));
    lived.take(plan_of("bob", at("2027-01-03T08:00:00Z"), "free"));
    lived.take(tick(at("2027-01-04")));
    lived.take(plan_of("bob", at("2027-01-04T08:00:00Z"), "pro"));

    const auto second = lived.take(tick(at("2027-01-05")));

    CHECK(alarms_in(first).size() == 1);
    CHECK(alarms_in(second).size() == 1);
}

TEST_CASE("limits are not judged while the past is taken in") {
    LivedEngine lived(shop(limited));

    const auto taken = lived.take(historical(plan_of("ada", at("2027-01-02"), "pro")));
    const auto later = lived.take(historical(visit("ada", at("2028-01-02"))));
    const auto live = lived.take(tick(at("2028-01-03")));

    CHECK(alarms_in(taken).empty());
    CHECK(alarms_in(later).empty());
    CHECK(alarms_in(live).size() == 1);
}

TEST_CASE("a plan warns of every limit that the memberships would break") {
    LivedEngine lived(shop("segment: pro\nsteward: dana\nenter: profile.plan == 'pro'\n"));
    lived.take(visit("ada", at("2027-01-02")));
    const auto start = daemon::begin_plan(lived.engine, {});
    const auto files = shop(limited);

    const auto effects = lived.take(definitions(at("2027-01-03"), files, "v2"));
    const auto plan = daemon::make_plan(start, {lived.engine, files, effects});

    const auto expected =
        boost::json::object{{"rule", "limit"}, {"message", "the size of pro is 0, agreed was size at least 1"}};
    const auto& warnings = plan.at("warnings").as_array();
    CHECK(std::ranges::count(warnings, boost::json::value(expected)) == 1);
}

TEST_CASE("the next look is due review_every after the conditions came into force, and later than a change of them") {
    const std::string every = "segment: pro\nsteward: dana\nreview_every: 90d\nenter: profile.plan == 'pro'\n";
    LivedEngine lived(shop(every));
    const auto first = row_of_segment(lived);

    lived.take(definitions(at("2027-02-01"), shop(every + "title: On the pro plan\n"), "v2"));
    const auto retitled = row_of_segment(lived);
    lived.take(definitions(at("2027-03-01"), shop(every + "minimum_stay: 5d\n"), "v3"));
    const auto changed = row_of_segment(lived);

    CHECK(first.at("next_look") == "2027-04-01");
    CHECK(first.at("is_due") == false);
    CHECK(retitled.at("next_look") == "2027-04-01");
    CHECK(retitled.at("segment_version") == first.at("segment_version"));
    CHECK(changed.at("next_look") == "2027-05-30");
    CHECK(changed.at("segment_version") != first.at("segment_version"));
}

TEST_CASE("a look is not owed for history that was imported before anything live came") {
    LivedEngine lived(shop("segment: pro\nsteward: dana\nreview_every: 90d\nenter: profile.plan == 'pro'\n"));
    lived.take(historical(visit("ada", at("2027-06-01"))));
    lived.take(visit("ada", at("2027-06-02")));

    lived.take(historical(visit("ada", at("2027-07-01"))));

    CHECK(row_of_segment(lived).at("next_look") == "2027-08-30");
}

TEST_CASE("a segment past its review date is due until a review of it is decided") {
    LivedEngine lived(shop("segment: pro\nsteward: dana\nreview_on: 2027-02-01\nenter: profile.plan == 'pro'\n"));
    const auto before = row_of_segment(lived);
    lived.take(tick(at("2027-02-01")));
    const auto due = row_of_segment(lived);

    lived.take(record_of("", at("2027-02-02"), AlarmRecord{"pro", 20'850, 0.5, 0.9, 0.8, 0.95, 600, {}}));
    lived.take(record_of("", at("2027-02-03"), ReviewRecord{1, ReviewAction::keep, {}}));
    const auto decided = row_of_segment(lived);

    CHECK(before.at("is_due") == false);
    CHECK(due.at("is_due") == true);
    CHECK(due.at("next_look") == "2027-02-01");
    CHECK(decided.at("is_due") == false);
    CHECK(decided.at("next_look").is_null());
}

TEST_CASE("a change carries the version of the segment's own definition") {
    LivedEngine lived(shop(small_teams));
    lived.take(plan_of("ada", at("2027-01-02"), "pro"));

    const auto effects = lived.take(employees_of("ada", at("2027-01-03"), 5));

    const auto& version = lived.engine.population().book().definitions.segments.at(0).version;
    CHECK(version.size() == 12);
    CHECK(effects.changes.at(0).segment_version == version);
    CHECK(lived.origin("ada", "small").segment_version == version);
}

TEST_CASE("a brief shows jobs, pains and evidence with its kind, date and source") {
    LivedEngine lived(
        shop("segment: pro\nsteward: dana\nenter: profile.plan == 'pro'\n"
             "jobs_to_be_done: [Plan the week]\npain_points: [Two lists]\nevidence:\n  - They said so.\n"
             "  - {kind: interview, date: 2026-11-02, source: six owners, note: Five keep a second list.}\n"));

    const auto brief = daemon::brief_report(lived.engine, SegmentId("pro")).value();

    CHECK(boost::json::serialize(brief.at("jobs_to_be_done")) == R"(["Plan the week"])");
    CHECK(boost::json::serialize(brief.at("pain_points")) == R"(["Two lists"])");
    CHECK(boost::json::serialize(brief.at("why").at("evidence")) ==
          R"([{"note":"They said so.","kind":null,"date":null,"source":""},)"
          R"({"note":"Five keep a second list.","kind":"interview","date":"2026-11-02","source":"six owners"}])");
}

}  // namespace segmentd::tests
