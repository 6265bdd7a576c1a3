// One feature of one customer: what is kept of the signals, and the value at an instant.
//
// Borders: a window W at T holds the signals with T-W < at <= T, so a signal leaves at exactly
// at+W. Signals may come late and out of order; ties in time are ordered by their sequence.
// Without signals count, sum and distinct are 0 and every other aggregate is missing.
//
// Sums are exact: money adds minor units, other numbers add units of 2^-20, so the order of
// arrival never matters and a value leaves a window without a trace.
//
// Cost: adding a signal and letting one lapse move a few bytes of the customer's own window;
// reading min, max or distinct of a window looks at each signal inside it once.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/attribute.hpp"
#include "base/exact_units.hpp"
#include "rules/definitions/features.hpp"
#include "rules/expression/value.hpp"

namespace segmentd::rules {

// What a feature computes, without its names and texts.
struct FeaturePlan {
    Aggregate compute = Aggregate::count;
    std::optional<Duration> window;
    int money_digits = -1;  // digits of the currency when the value is money, else -1
};

struct FeatureInput {
    Timestamp at{};
    std::uint64_t sequence = 0;
    Attribute value;  // ignored by count and recency
};

class FeatureState {
  public:
    // Takes a signal in. One that already lies outside the window at `now` changes nothing.
    void add(const FeaturePlan& plan, const FeatureInput& input, Timestamp now);

    // Lets go of the signals that lapsed until `now` (inclusive).
    void advance(const FeaturePlan& plan, Timestamp now);

    // The value at `now`; the state must have been advanced to it.
    expression::Value value(const FeaturePlan& plan, Timestamp now) const;

    // The first instant after `now` at which the value changes although no signal comes: the next
    // lapse, or for recency the next whole day. `never` where only a signal can change it.
    Timestamp valid_until(const FeaturePlan& plan, Timestamp now) const;

    // The last signal's instant, for recency: the engine derives exact crossing instants from it.
    std::optional<Timestamp> last_at() const;

    // Adds bytes that are equal for equal states, on every machine.
    void append_canonical(std::string& bytes) const;

  private:
    struct Entry {
        Timestamp at{};
        std::uint64_t sequence = 0;
        Attribute value;
    };

    void add_to_window(const FeatureInput& input);
    void add_to_life(const FeaturePlan& plan, const FeatureInput& input);
    expression::Value number(const FeaturePlan& plan, double divisor) const;

    std::int64_t count_ = 0;
    WideSum sum_ = 0;
    std::vector<Entry> entries_;  // a window's signals by time; without window the one that counts
    std::set<std::string> seen_;  // canonical texts of distinct values, without window
};

// The value as CEL sees it: money in major units, times as timestamps.
expression::Value to_value(const Attribute& attribute, int currency_digits);

}  // namespace segmentd::rules
