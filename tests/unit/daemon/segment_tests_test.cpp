#include "daemon/testing/segment_tests.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "daemon/testing/test_report.hpp"
#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::daemon {
namespace {

const std::string habit = R"(
feature: orders
signal: purchase
compute: count
window: 30d
---
feature: days_since_order
signal: purchase
compute: recency
---
segment: regulars
steward: dana
enter:
  - feature.orders >= 2 || profile.plan == 'pro'
minimum_stay: 5d
tests:
)";

SegmentTestRun run_of(const std::string& tests) {
    auto run = run_segment_tests(tests::shop(habit + tests));
    INFO((run ? std::string() : to_text(run.error().front())));
    REQUIRE(run);
    return *std::move(run);
}

// What went wrong with the only test.
std::string failure_of(const std::string& test) {
    const auto run = run_of(test);
    REQUIRE(run.outcomes.size() == 1);
    return run.outcomes[0].has_passed() ? "" : run.outcomes[0].failures[0].message;
}

}  // namespace

TEST_CASE("a test over signals passes where the engine decides as expected") {
    CHECK(failure_of("  - {test: t, signals: [{signal: purchase, at: [-20d, -10d], amount: 5}], expect: member}") ==
          "");
    CHECK(failure_of("  - {test: t, signals: [{signal: purchase, at: -20d, amount: 5}], expect: member}") ==
          "expected member, came not_member with an unknown input, now");
    CHECK(failure_of("  - {test: t, profile: {plan: free}, expect: member}") ==
          "expected member, came not_member, now");
}

TEST_CASE("a membership ends at the microsecond at which its window lapses") {
    const std::string test =
        "  - {test: t, profile: {plan: free}, signals: [{signal: purchase, at: [-20d, -10d]}], expect: member, ";

    CHECK(failure_of(test + "leaves_after: 10d}") == "");
    CHECK(failure_of(test + "leaves_after: 11d}") ==
          "expected to leave 11d after now (2027-01-12T00:00:00Z), left 10d after now (2027-01-11T00:00:00Z)");
    CHECK(failure_of(test + "enters_after: 3d}") ==
          "expected to enter 3d after now (2027-01-04T00:00:00Z), left 10d after now (2027-01-11T00:00:00Z)");
}

TEST_CASE("instants count where the test says which one is now") {
    CHECK(failure_of("  - test: t\n    now: 2027-03-01T12:00:00Z\n    profile: {plan: free}\n"
                     "    signals: [{signal: purchase, at: [2027-02-20T08:30:00Z, -1h]}]\n"
                     "    expect: member\n    leaves_at: 2027-03-22T08:30:00Z\n") == "");
}

TEST_CASE("a signal after now is taken at its instant") {
    CHECK(failure_of("  - test: t\n    profile: {plan: free}\n    signals: [{signal: purchase, at: [-1d, +3d]}]\n"
                     "    expect: not_member\n    enters_after: 3d\n"
                     "    then: [{after: 2d, expect: not_member}, {after: 3d, expect: member}]\n") == "");
}

TEST_CASE("values that change later meet the minimum stay") {
    CHECK(failure_of("  - test: t\n    profile: {plan: pro}\n    expect: member\n"
                     "    then: [{after: 1d, profile: {plan: free}, expect: member}, {after: 5d, expect: not_member}]\n"
                     "    leaves_after: 5d\n") == "");
}

TEST_CASE("a test may expect that nothing can be decided") {
    CHECK(failure_of("  - {test: t, feature: {orders: 1}, expect: unknown}") == "");
    CHECK(failure_of("  - {test: t, feature: {orders: 2}, expect: unknown}") == "expected unknown, came member, now");
    CHECK(failure_of("  - {test: t, feature: {orders: unknown}, profile: {plan: pro}, expect: member}") == "");
}

TEST_CASE("a segment that others read may be given straight") {
    const std::string reader =
        "  - {test: a, feature: {orders: 2}, expect: member}\n---\nsegment: lonely\nsteward: dana\n"
        "enter: '!segment.regulars'\ntests:\n  - {test: b, segment: {regulars: member}, expect: not_member}\n"
        "  - {test: c, feature: {orders: 2}, segment: {regulars: not_member}, expect: member}\n";

    CHECK(run_of(reader).failed() == 0);
}

TEST_CASE("a failure tells every line with the values that it used") {
    const auto run = run_of("  - {test: t, feature: {orders: 1}, expect: member}");

    CHECK(test_text(run) ==
          "FAILED rules/rules.yaml:17:5: segment regulars: t\n"
          "  rules/rules.yaml:17:5: expected member, came not_member with an unknown input, now\n"
          "    enter         unknown feature.orders >= 2 || profile.plan == 'pro'"
          "  (feature.orders = 1, profile.plan = unknown)\n"
          "no test asked:\n"
          "  rules/rules.yaml:14:5: segment regulars: enter: 'feature.orders >= 2 || profile.plan == 'pro'' "
          "was never known\n"
          "  rules/rules.yaml:14:5: segment regulars: enter: 'feature.orders >= 2' was never true\n"
          "  rules/rules.yaml:14:28: segment regulars: enter: 'profile.plan == 'pro'' was never known\n"
          "1 test: 0 passed, 1 failed; 1 of 6 answers asked for (16 %)\n");
}

TEST_CASE("a line is covered where each of its operands was true and was false") {
    const auto run = run_of(
        "  - {test: a, feature: {orders: 2}, expect: member}\n"
        "  - {test: b, feature: {orders: 1}, profile: {plan: pro}, expect: member}\n"
        "  - {test: c, feature: {orders: 1}, profile: {plan: free}, expect: not_member}\n");

    CHECK(run.failed() == 0);
    CHECK(run.coverage.gaps().empty());
    CHECK(run.coverage.found() == 6);
    CHECK(run.coverage.wanted() == 6);
}

TEST_CASE("an operand behind the one that decided is not covered") {
    const auto run = run_of("  - {test: a, feature: {orders: 2}, profile: {plan: free}, expect: member}\n");

    const auto gaps = run.coverage.gaps();
    REQUIRE(gaps.size() == 3);
    CHECK(gaps[2].text == "profile.plan == 'pro'");
    CHECK(gaps[2].what == "was never asked");
    CHECK(gaps[2].place.line == 14);
    CHECK(gaps[2].place.column == 28);
}

TEST_CASE("leave_at_once counts once the customer has entered") {
    const std::string segment =
        "  - {test: a, feature: {orders: 2}, expect: member}\n---\nsegment: busy\nsteward: dana\n"
        "enter: feature.orders >= 1\nleave_at_once: feature.orders == 0\ntests:\n";

    const auto outside = run_of(segment + "  - {test: b, feature: {orders: 0}, expect: not_member}\n");
    const auto inside = run_of(segment +
                               "  - {test: b, feature: {orders: 1}, expect: member,"
                               " then: [{after: 1d, feature: {orders: 0}, expect: not_member}]}\n");

    const auto is_unasked = [](const CoverageGap& gap) {
        return gap.key == "leave_at_once" && gap.what == "was never asked";
    };
    CHECK(std::ranges::any_of(outside.coverage.gaps(), is_unasked));
    CHECK(std::ranges::none_of(inside.coverage.gaps(), is_unasked));
}

TEST_CASE("JUnit's XML escapes what a name may hold") {
    const auto run = run_of("  - {test: 'a < b & \"c\"', feature: {orders: 2}, expect: member}\n");

    CHECK(test_junit(run) ==
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<testsuites name=\"shop\" tests=\"1\" failures=\"0\" errors=\"0\">\n"
          "  <testsuite name=\"regulars\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\">\n"
          "    <testcase name=\"a &lt; b &amp; &quot;c&quot;\" classname=\"shop.regulars\""
          " file=\"rules/rules.yaml\" line=\"17\"/>\n"
          "  </testsuite>\n"
          "</testsuites>\n");
}

TEST_CASE("a failed test shows the segment of the family that has the customer") {
    const auto run = run_of(
        "  - {test: t, profile: {plan: pro}, expect: member}\n---\n"
        "segment: big\nsteward: dana\nenter: profile.plan != 'free'\n---\n"
        "family: sizes\nsteward: dana\nsegments: [big, regulars]\n");

    const auto& line = run.outcomes.at(0).failures.at(0).lines.back();
    CHECK(line.key == std::string("family"));
    CHECK(line.text == "!segment.big");
    CHECK(line.inputs.at(0).second == "true");
}

}  // namespace segmentd::daemon
