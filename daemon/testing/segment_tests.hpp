// Runs the tests that stand in segment files, by the engine's own code: each test is a customer of its own in a
// copy of an engine that has just taken the definitions. Signals become records at their instants, timers fire where
// they are due, and what a test gives straight stands in the customer's row. Nothing is read or written.
//
// A test passes where every expectation holds at its instant: after the signals and the values of that instant and
// after the timers due by then. A membership that changes at an instant has changed at that instant.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/testing/coverage.hpp"
#include "rules/expression/program.hpp"

namespace segmentd::daemon {

// One line of a condition as it stood when a test failed.
struct LineAnswer {
    std::string key;
    std::string text;
    rules::expression::Truth truth = rules::expression::Truth::unknown;
    std::vector<std::pair<std::string, std::string>> inputs;  // name and value as JSON, "unknown" where there is none
    SourcePlace place;
};

struct SegmentTestFailure {
    std::string message;
    SourcePlace place;
    std::vector<LineAnswer> lines;
};

struct SegmentTestOutcome {
    SegmentId segment;
    std::string name;
    SourcePlace place;
    std::vector<SegmentTestFailure> failures;
    bool has_passed() const { return failures.empty(); }
};

struct SegmentTestRun {
    std::shared_ptr<const rules::Rulebook> book;
    std::vector<SegmentTestOutcome> outcomes;  // in the order of the definitions
    Coverage coverage;
    std::size_t failed() const;
};

// Everything that is wrong with the workspace where it does not load.
tl::expected<SegmentTestRun, std::vector<Error>> run_segment_tests(const std::map<std::string, std::string>& files);

}  // namespace segmentd::daemon
