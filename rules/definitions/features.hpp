// features/*.yaml: what is computed from the signals of a customer, or of an account's customers.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/zone.hpp"
#include "rules/definitions/common.hpp"

namespace segmentd::rules {

// The words of `compute`; rules/definitions/feature_words.hpp says what each of them means.
enum class Aggregate {
    count,
    sum,
    mean,
    min,
    max,
    first,
    last,
    distinct,
    most_frequent,
    recency,
    gap,
    trend,
    decay,
    share,
    regular,
    stopped,
    restarted,
    sequence
};

// Whole periods of a calendar, counted from the one that holds the instant: {month, 0, 1} is this
// month, {month, -1, 1} the last one, {week, -4, 4} the four weeks before this one.
struct CalendarWindow {
    Period period = Period::month;
    std::int64_t first = 0;
    std::int64_t count = 1;
    bool operator==(const CalendarWindow&) const = default;
};

// A duration rolls: T-W < occurred_at <= T. A calendar window holds its first instant and not its end.
using Window = std::variant<Duration, CalendarWindow>;

// Whose calendar is read.
enum class CalendarZone { workspace, customer };

inline constexpr std::size_t most_sequence_steps = 16;

struct SequenceStep {
    Reference<SignalId> signal;
    Condition where;                 // CEL over event
    std::optional<Duration> within;  // of the step before: at most so much later; not of the first step
    SourcePlace place;
};

struct FeatureDefinition {
    FeatureId id;
    std::string title;
    Subject per = Subject::customer;  // of an account: from the signals of all its customers
    Reference<SignalId> signal;
    Aggregate compute = Aggregate::count;
    ExpressionText value;          // CEL over event
    std::optional<Window> window;  // without: the whole life
    CalendarZone zone = CalendarZone::workspace;
    Condition where;                    // CEL over event
    Condition of;                       // share: which signals are the part; CEL over event
    Duration half_life{};               // decay
    Duration refresh_every = Days(1);   // decay
    Duration after{};                   // stopped, restarted: a silence this long
    Period period = Period::month;      // regular
    std::int64_t periods = 1;           // regular: so many whole periods before this one
    std::int64_t at_least = 1;          // regular: in so many of them
    std::vector<SequenceStep> steps;    // sequence
    std::vector<SequenceStep> without;  // sequence: none of these between its first and its last step
    std::string owner;
    SourcePlace place;
};

const char* to_word(Aggregate aggregate);

}  // namespace segmentd::rules
