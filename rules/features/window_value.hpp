// The value of a feature, computed from the signals of its window.
#pragma once

#include <map>
#include <optional>
#include <span>

#include "base/exact_units.hpp"
#include "rules/expression/value.hpp"
#include "rules/features/feature_entry.hpp"
#include "rules/features/feature_plan.hpp"

namespace segmentd::rules {

struct WindowContent {
    std::span<const FeatureEntry> inside;  // the signals that count, by time
    std::span<const FeatureEntry> kept;    // those before them, which some words look at, and these
    const TextPool& texts;
};

// The value of an entry of a sequence: bit n where it may be step n (from 0), and this bit where it breaks a
// run that it lies within.
inline constexpr std::int64_t breaks_sequence = std::int64_t{1} << 32;

// Everything is given in order of time, ties in order of arrival.
expression::Value window_value(const FeaturePlan& plan, const WindowContent& content, LocalInstant now);

// When the last step of the latest run through the sequence came that ended inside the window.
std::optional<Timestamp> last_completion(const FeaturePlan& plan, const WindowContent& content);

// The instant for which the weights of a decay hold at `now`, given the latest signal.
Timestamp decay_instant(const FeaturePlan& plan, Timestamp latest, Timestamp now);

// Parts of the computation that need no window.
double number_of(const FeaturePlan& plan, WideSum sum);  // money in major units
expression::Value share_of(WideSum part, WideSum whole);
expression::Value gap_of(Timestamp first, Timestamp last, std::int64_t count);

// How often a value came, and when last.
struct Tally {
    std::int64_t count = 0;
    Timestamp last{};
    auto operator<=>(const Tally&) const = default;
};
struct AttributeOrder {  // values of any type in one order: by type, then by value
    bool operator()(const Attribute& left, const Attribute& right) const;
};
using Tallies = std::map<Attribute, Tally, AttributeOrder>;
void count_value(Tallies& tallies, const Attribute& value, Timestamp at);
const Attribute& most_frequent(const Tallies& tallies);  // of at least one

// The value as CEL sees it: money in major units, times as timestamps.
expression::Value to_value(const Attribute& attribute, int currency_digits);

}  // namespace segmentd::rules
