// Tests inside a segment file: a customer as they were or are, and whether they belong.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rules/definitions/common.hpp"

namespace segmentd::rules {

// `unknown`: the conditions cannot be decided, because an input is not known. Such a customer is a member or not all
// the same, as the segment's rule for missing inputs says.
enum class Expectation { member, not_member, unknown };

// `now` of a test that names no instant of its own.
inline constexpr Timestamp usual_test_now{std::chrono::sys_days{std::chrono::year{2027} / 1 / 1}};

// Nothing that a test names is farther than this from its `now`.
inline constexpr Duration longest_test = std::chrono::days{3660};

// An instant, or so long before or after the test's `now`.
struct TestMoment {
    std::optional<Timestamp> instant;
    Duration offset{0};
};

// A value as it stands in the file; its type follows from what it is a value of.
struct GivenValue {
    std::string text;
    bool is_quoted = false;  // never a number, a boolean or the word unknown
    SourcePlace place;
};

using GivenValues = std::map<std::string, GivenValue>;

// The same signal at each of these moments.
struct TestSignal {
    Reference<SignalId> signal;
    std::vector<TestMoment> at;
    GivenValues properties;
    SourcePlace place;
};

// What holds from an instant on, in place of what would follow from signals, and what is expected then.
struct TestStep {
    Duration after{0};  // from the test's `now`
    GivenValues profile;
    GivenValues features;
    GivenValues scores;
    std::map<std::string, bool> consents;
    std::map<std::string, bool> segments;  // others that the conditions read
    Expectation expect = Expectation::member;
    SourcePlace place;
};

// The first change of the membership after `now`.
struct TestFlip {
    bool enters = false;
    TestMoment at;
    SourcePlace place;
};

struct SegmentTest {
    std::string name;
    std::optional<Timestamp> now;
    std::vector<TestSignal> signals;
    TestStep first;  // its values hold from the beginning, its expectation counts `after` from now
    std::vector<TestStep> then;
    std::vector<TestFlip> flips;
    SourcePlace place;
};

}  // namespace segmentd::rules
