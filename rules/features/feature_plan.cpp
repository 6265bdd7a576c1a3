#include "rules/features/feature_plan.hpp"

#include <numeric>

namespace segmentd::rules {
namespace {

constexpr Duration one_instant{1};
constexpr Duration largest_move = Days(2);

const CalendarWindow* calendar_of(const FeaturePlan& plan) {
    return plan.window ? std::get_if<CalendarWindow>(&*plan.window) : nullptr;
}

// How long before the window a run through a sequence may have begun that ends inside.
Duration lead_of(const FeaturePlan& plan) {
    return std::accumulate(plan.within.begin(), plan.within.end(), Duration(0));
}

}  // namespace

Span span_at(const FeaturePlan& plan, LocalInstant now) {
    const Timestamp end = now.at + one_instant;
    if (!plan.window) return {beginning_of_time, end};
    if (const auto* length = std::get_if<Duration>(&*plan.window)) return {end - *length, end};
    const auto& calendar = *calendar_of(plan);
    return {
        period_start(*now.zone, calendar.period, now.at, calendar.first),
        std::min<Timestamp>(end, period_start(*now.zone, calendar.period, now.at, calendar.first + calendar.count))};
}

Timestamp kept_from(const FeaturePlan& plan, LocalInstant now) {
    const auto* calendar = calendar_of(plan);
    if (calendar != nullptr && plan.zone == CalendarZone::customer) {
        const auto before = period_start(*now.zone, calendar->period, now.at, calendar->first - 1);
        return before - largest_move - lead_of(plan);
    }
    return span_at(plan, now).from - lead_of(plan);
}

Timestamp next_border(const FeaturePlan& plan, LocalInstant now) {
    const auto* calendar = calendar_of(plan);
    return calendar == nullptr ? never : period_start(*now.zone, calendar->period, now.at, 1);
}

}  // namespace segmentd::rules
