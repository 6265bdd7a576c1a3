// What a feature computes, without its names and texts, and which signals count at an instant.
#pragma once

#include <optional>
#include <vector>

#include "base/zone.hpp"
#include "rules/definitions/features.hpp"

namespace segmentd::rules {

struct FeaturePlan {
    Aggregate compute = Aggregate::count;
    // Without: the whole life. Of decay 50 half-lives, of regular its periods, of stopped none.
    std::optional<Window> window{};
    int money_digits = -1;  // digits of the currency when the value is money, else -1
    CalendarZone zone = CalendarZone::workspace;
    bool has_value = true;  // of decay and share: without one each signal counts 1
    Duration half_life{};
    Duration refresh_every = Days(1);
    Duration after{};
    std::int64_t at_least = 1;
    std::vector<Duration> within{};  // of each step after the first
    // For recency: the whole days at which some condition may flip. Without this list somebody
    // reads the value in another way and every whole day matters.
    std::optional<std::vector<std::int64_t>> days_that_matter{};
};

inline constexpr std::int64_t half_lives_kept = 50;

// An instant, and the calendar by which a customer reads it.
struct LocalInstant {
    LocalInstant(Timestamp instant) : at(instant) {}  // in UTC
    LocalInstant(Timestamp instant, const Zone& its_zone) : at(instant), zone(&its_zone) {}

    Timestamp at{};
    const Zone* zone = &Zone::utc();
};

// from <= occurred_at < to.
struct Span {
    Timestamp from = beginning_of_time;
    Timestamp to = never;
};

// Which signals count at this instant; one that is not over holds those of the instant itself.
Span span_at(const FeaturePlan& plan, LocalInstant now);

// Signals before this instant never count again, nor does anything depend on them, but for the
// last of them where a silence is measured from it. A customer may move to another zone, where it is
// another day and perhaps still the period before; so one more period and two days are kept.
Timestamp kept_from(const FeaturePlan& plan, LocalInstant now);

// The first border of the calendar after `now`, or `never` where the window rolls.
Timestamp next_border(const FeaturePlan& plan, LocalInstant now);

}  // namespace segmentd::rules
