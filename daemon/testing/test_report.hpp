// What the tests of segments said, for people and for programs.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "daemon/testing/segment_tests.hpp"

namespace segmentd::daemon {

// Each failure with what came instead and every line of the condition, then the parts that no test asked, then one
// line that sums up.
std::string test_text(const SegmentTestRun& run);

// {"passed", "tests": [{"segment", "test", "file", "line", "passed", "failures"}], "coverage": {"wanted", "found",
// "share", "gaps", "segments_without_tests"}}
boost::json::object test_json(const SegmentTestRun& run);

// JUnit's XML as build servers read it: a testsuite a segment, a testcase a test, a failure with the same text.
std::string test_junit(const SegmentTestRun& run);

}  // namespace segmentd::daemon
