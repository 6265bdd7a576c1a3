#include "rules/scoring/purchase_days.hpp"

#include <algorithm>
#include <cmath>

namespace segmentd::rules {
namespace {

double to_time(std::int64_t days, const PurchaseScale& scale) {
    const double time = static_cast<double>(days) / scale.days_per_unit;
    if (!scale.time_decimals) return time;
    const double factor = std::pow(10.0, *scale.time_decimals);
    return std::round(time * factor) / factor;
}

// Rounding is done on the exact sum, so that half a cent is half a cent.
double to_mean(WideSum sum, std::int64_t count, const PurchaseScale& scale) {
    const WideSum divisor = WideSum{count} * scale.units_per_major;
    if (!scale.spend_decimals) return static_cast<double>(sum) / static_cast<double>(divisor);
    WideSum steps = 1;
    for (int i = 0; i < *scale.spend_decimals; ++i) steps *= 10;
    const WideSum doubled = 2 * sum * steps + divisor;
    const WideSum whole = doubled / (2 * divisor) - (doubled % (2 * divisor) < 0 ? 1 : 0);
    return static_cast<double>(whole) / static_cast<double>(steps);
}

}  // namespace

void PurchaseDays::add(std::int64_t day, WideSum amount) {
    auto* place = std::ranges::lower_bound(days_, day, {}, &PurchaseDay::day);
    if (place != days_.end() && place->day == day) {
        place->set_amount(place->amount() + amount);
    } else {
        days_.insert(place, {day, amount});
    }
}

std::optional<PurchaseSummary> PurchaseDays::summarise(std::int64_t day, const PurchaseScale& scale) const {
    const auto* end = std::ranges::upper_bound(days_, day, {}, &PurchaseDay::day);
    if (end == days_.begin()) return std::nullopt;
    const auto* first = days_.begin();
    PurchaseSummary summary;
    summary.history.repeats = end - first - 1;
    summary.history.last_repeat = to_time((end - 1)->day - first->day, scale);
    summary.history.observed = to_time(day - first->day, scale);
    WideSum repeat_spend = 0;
    for (const auto* purchase = first + 1; purchase < end; ++purchase) repeat_spend += purchase->amount();
    if (summary.history.repeats > 0) {
        summary.mean_repeat_spend = to_mean(repeat_spend, summary.history.repeats, scale);
    }
    return summary;
}

std::int64_t PurchaseDays::count_between(std::int64_t after, std::int64_t last) const {
    const auto* from = std::ranges::upper_bound(days_, after, {}, &PurchaseDay::day);
    const auto* to = std::ranges::upper_bound(days_, last, {}, &PurchaseDay::day);
    return std::max<std::int64_t>(0, to - from);
}

void PurchaseDays::append_canonical(std::string& bytes) const {
    for (const auto& purchase : days_) {
        bytes += std::to_string(purchase.day) + ':' + std::to_string(purchase.high) + ':' +
                 std::to_string(purchase.low) + ',';
    }
    bytes += ';';
}

}  // namespace segmentd::rules
