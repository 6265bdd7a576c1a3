// One feature of one customer: what is kept of the signals, and the value at an instant.
//
// What each word means, with its borders, stands in rules/definitions/feature_words. Signals may
// come late and out of order; of signals at one instant the order of arrival counts.
//
// Sums are exact: money adds minor units, other numbers add units of 2^-20, so the order of
// arrival never matters and a value leaves a window without a trace.
//
// Memory: 32 bytes, and nothing more for count, recency, stopped and gap over the whole life.
// - With a window (also decay, regular, sequence): 48 bytes from the first signal on and 16 bytes
//   for each signal that still counts or may count again; room for an eighth more is held ready.
//   A text is kept once for all signals that bring it.
// - min, max, first, last over the whole life: as a window of one signal.
// - sum, mean, share over the whole life: 96 bytes from the first signal on.
// - distinct and most_frequent over the whole life: 160 bytes and about 100 for each different
//   value; in a window 16 a signal as the others.
//
// Cost: a signal in order is appended, a late one moves those after it; letting signals lapse moves
// those that stay. Reading a window looks at each signal inside it once (distinct and most_frequent
// sort them), over the whole life it costs the same however many signals there were.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/seldom.hpp"
#include "base/short_list.hpp"
#include "rules/expression/value.hpp"
#include "rules/features/feature_entry.hpp"
#include "rules/features/feature_plan.hpp"
#include "rules/features/window_value.hpp"

namespace segmentd::rules {

struct FeatureInput {
    Timestamp at{};
    Attribute value{};     // of a sequence the bits of its steps, as an integer; words without value ignore it
    bool is_part = false;  // of a share
};

class FeatureState {
  public:
    // Takes a signal in. One that lies before everything that can count at `now` changes nothing.
    void add(const FeaturePlan& plan, const FeatureInput& input, LocalInstant now);

    // Lets go of the signals that lapsed until `now` (inclusive).
    void advance(const FeaturePlan& plan, LocalInstant now);

    // The value at `now`, which must not be before an instant that was advanced to.
    expression::Value value(const FeaturePlan& plan, LocalInstant now) const;

    // The first instant after `now` at which the value can change although no signal comes, as far
    // as anybody asks (days_that_matter); `never` where only a signal can change it.
    Timestamp valid_until(const FeaturePlan& plan, LocalInstant now) const;

    // Bring near what is read soon: first what is kept of the signals, then the signals themselves.
    void fetch_kept() const { kept_.fetch(); }
    void fetch_entries() const;

    // Adds bytes that are equal for equal states, on every machine and however they were built.
    void append_canonical(std::string& bytes) const;

  private:
    struct Life {
        WideSum sum = 0;
        WideSum part = 0;
        Seldom<Tallies> tallies;
    };
    struct Kept {
        ShortList<FeatureEntry> entries;  // by time; without a window the one that counts
        Seldom<TextPool> texts;
        Seldom<Life> life;
    };

    void insert(const FeatureInput& input);
    void replace(const FeatureInput& input);
    void add_to_life(const FeaturePlan& plan, const FeatureInput& input);
    std::span<const FeatureEntry> entries_in(const Span& span) const;
    bool has_entries_from(Timestamp from) const;
    expression::Value value_of_life(const FeaturePlan& plan, Timestamp now) const;

    std::int64_t count_ = 0;  // these three over the whole life, without a window
    Timestamp first_{};
    Timestamp last_{};
    Seldom<Kept> kept_;
};

static_assert(sizeof(FeatureState) <= 32);

}  // namespace segmentd::rules
