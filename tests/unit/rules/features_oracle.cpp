#include "tests/unit/rules/features_oracle.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace segmentd::tests {

using rules::Aggregate;
using rules::FeatureInput;
using rules::FeaturePlan;
using rules::LocalInstant;
using rules::expression::Value;

namespace {

// Periods are numbered one by one, so that last month is this month's number less one.
std::int64_t period_number(Period period, Timestamp instant, const Zone& zone) {
    const auto local = std::chrono::floor<Days>(instant + std::chrono::seconds(zone.offset_s(instant)));
    const std::chrono::year_month_day date(local);
    const std::int64_t year = static_cast<int>(date.year());
    const std::int64_t month = static_cast<unsigned>(date.month()) - 1;
    switch (period) {
        case Period::day: return local.time_since_epoch().count();
        case Period::week: return std::chrono::floor<std::chrono::weeks>(local + Days(3)).time_since_epoch().count();
        case Period::month: return year * 12 + month;
        case Period::quarter: return year * 4 + month / 3;
        case Period::year: return year;
    }
    return 0;
}

bool is_inside(const FeaturePlan& plan, Timestamp at, LocalInstant now) {
    if (at > now.at) return false;
    if (!plan.window) return true;
    if (const auto* length = std::get_if<Duration>(&*plan.window)) return at > now.at - *length;
    const auto& calendar = std::get<rules::CalendarWindow>(*plan.window);
    const auto first = period_number(calendar.period, now.at, *now.zone) + calendar.first;
    const auto number = period_number(calendar.period, at, *now.zone);
    return first <= number && number < first + calendar.count;
}

double number_in(const FeaturePlan& plan, const FeatureInput& signal) {
    if (!plan.has_value) return 1;
    if (const auto* money = std::get_if<MinorUnits>(&signal.value)) return static_cast<double>(money->count) / 100;
    if (const auto* whole = std::get_if<std::int64_t>(&signal.value)) return static_cast<double>(*whole);
    if (const auto* flag = std::get_if<bool>(&signal.value)) return *flag ? 1 : 0;
    if (const auto* number = std::get_if<double>(&signal.value)) return std::nearbyint(*number * 1048576) / 1048576;
    return 0;
}

using Signals = std::vector<FeatureInput>;

double total_of(const FeaturePlan& plan, const Signals& signals) {
    double total = 0;
    for (const auto& signal : signals) total += number_in(plan, signal);
    return total;
}

Value trend_of(const FeaturePlan& plan, const Signals& inside) {
    long double times = 0, values = 0, products = 0, squares = 0;
    for (const auto& signal : inside) {
        const auto time = static_cast<long double>((signal.at - inside.front().at).count()) / 86'400'000'000.0L;
        const auto value = static_cast<long double>(number_in(plan, signal));
        times += time;
        values += value;
        products += time * value;
        squares += time * time;
    }
    const auto count = static_cast<long double>(inside.size());
    if (inside.back().at == inside.front().at) return Value();
    return Value::real(static_cast<double>((count * products - times * values) / (count * squares - times * times)));
}

Value decay_of(const FeaturePlan& plan, const Signals& inside, Timestamp now) {
    if (inside.empty()) return Value::real(0);
    auto instant = inside.back().at;
    while (instant + plan.refresh_every <= now) instant += plan.refresh_every;
    double sum = 0;
    for (const auto& signal : inside) {
        const auto half_lives =
            static_cast<double>((instant - signal.at).count()) / static_cast<double>(plan.half_life.count());
        sum += number_in(plan, signal) * std::pow(0.5, half_lives);
    }
    return Value::real(sum);
}

Attribute most_frequent_of(const Signals& inside) {
    const auto* best = &inside.front().value;
    std::ptrdiff_t best_count = 0;
    Timestamp best_last = beginning_of_time;
    std::set<Attribute> values;
    for (const auto& signal : inside) values.insert(signal.value);
    for (const auto& value : values) {
        Timestamp last = beginning_of_time;
        for (const auto& signal : inside) last = signal.value == value ? signal.at : last;
        const auto count = std::ranges::count(inside, value, &FeatureInput::value);
        if (std::pair(count, last) < std::pair(best_count, best_last)) continue;
        best = &std::ranges::find(inside, value, &FeatureInput::value)->value;
        best_count = count;
        best_last = last;
    }
    return *best;
}

// Tries every way to go on from a step: exponential, and plain.
bool goes_on(const FeaturePlan& plan, const Signals& all, std::size_t from, std::size_t step, LocalInstant now) {
    if (step > plan.within.size()) return is_inside(plan, all[from].at, now);
    for (std::size_t next = from + 1; next < all.size(); ++next) {
        const auto bits = std::get<std::int64_t>(all[next].value);
        const bool is_last = step == plan.within.size();
        const bool is_next = (bits >> step & 1) != 0 && all[next].at - all[from].at <= plan.within[step - 1];
        if (is_next && (is_last || (bits & rules::breaks_sequence) == 0) && goes_on(plan, all, next, step + 1, now)) {
            return true;
        }
        if ((bits & rules::breaks_sequence) != 0) return false;
    }
    return false;
}

bool is_gone_through(const FeaturePlan& plan, const Signals& all, LocalInstant now) {
    for (std::size_t first = 0; first < all.size(); ++first) {
        const bool may_begin = (std::get<std::int64_t>(all[first].value) & 1) != 0;
        if (may_begin && goes_on(plan, all, first, 1, now)) return true;
    }
    return false;
}

bool has_restarted(const FeaturePlan& plan, const Signals& all, LocalInstant now) {
    for (std::size_t i = 1; i < all.size(); ++i) {
        if (is_inside(plan, all[i].at, now) && all[i].at - all[i - 1].at >= plan.after) return true;
    }
    return false;
}

bool is_regular(const FeaturePlan& plan, const Signals& inside, LocalInstant now) {
    std::set<std::int64_t> periods;
    const auto period = std::get<rules::CalendarWindow>(*plan.window).period;
    for (const auto& signal : inside) periods.insert(period_number(period, signal.at, *now.zone));
    return static_cast<std::int64_t>(periods.size()) >= plan.at_least;
}

Value value_of_some(const FeaturePlan& plan, const Signals& inside, Timestamp now) {
    const auto count = static_cast<double>(inside.size());
    const auto seen = [](const Attribute& value) { return rules::to_value(value, 2); };
    const auto by_value = [](const FeatureInput& signal) { return signal.value; };
    Signals part;
    std::ranges::copy_if(inside, std::back_inserter(part), &FeatureInput::is_part);
    const auto whole = total_of(plan, inside);
    switch (plan.compute) {
        case Aggregate::mean: return Value::real(whole / count);
        case Aggregate::min: return seen(std::ranges::min(inside, {}, by_value).value);
        case Aggregate::max: return seen(std::ranges::max(inside, {}, by_value).value);
        case Aggregate::first: return seen(inside.front().value);
        case Aggregate::last: return seen(inside.back().value);
        case Aggregate::most_frequent: return seen(most_frequent_of(inside));
        case Aggregate::trend: return trend_of(plan, inside);
        case Aggregate::share: return std::abs(whole) < 1e-7 ? Value() : Value::real(total_of(plan, part) / whole);
        case Aggregate::gap: {
            const auto between = static_cast<double>((inside.back().at - inside.front().at).count());
            return inside.size() < 2 ? Value() : Value::real(between / 86'400'000'000.0 / (count - 1));
        }
        default: return Value::integer((now - inside.back().at) / Days(1));
    }
}

}  // namespace

Value feature_by_oracle(const FeaturePlan& plan, const std::vector<KnownSignal>& signals, LocalInstant now) {
    Signals all;
    for (const auto& signal : signals) {
        if (signal.known_at > now.at) continue;
        all.insert(std::ranges::upper_bound(all, signal.input.at, {}, &FeatureInput::at), signal.input);
    }
    Signals inside;
    std::ranges::copy_if(all, std::back_inserter(inside),
                         [&](const FeatureInput& signal) { return is_inside(plan, signal.at, now); });
    std::set<Attribute> values;
    for (const auto& signal : inside) values.insert(signal.value);
    switch (plan.compute) {
        case Aggregate::count: return Value::integer(static_cast<std::int64_t>(inside.size()));
        case Aggregate::sum: return Value::real(total_of(plan, inside));
        case Aggregate::distinct: return Value::integer(static_cast<std::int64_t>(values.size()));
        case Aggregate::decay: return decay_of(plan, inside, now.at);
        case Aggregate::regular: return Value::boolean(is_regular(plan, inside, now));
        case Aggregate::restarted: return Value::boolean(has_restarted(plan, all, now));
        case Aggregate::sequence: return Value::boolean(is_gone_through(plan, all, now));
        case Aggregate::stopped: return Value::boolean(!all.empty() && now.at - all.back().at >= plan.after);
        default: return inside.empty() ? Value() : value_of_some(plan, inside, now.at);
    }
}

bool is_same(const Value& left, const Value& right, double scale) {
    using rules::expression::Kind;
    if (left.kind() != right.kind()) return false;
    switch (left.kind()) {
        case Kind::missing: return true;
        case Kind::string: return left.as_text() == right.as_text();
        case Kind::timestamp: return left.as_instant() == right.as_instant();
        case Kind::boolean: return left.as_boolean() == right.as_boolean();
        case Kind::real:
            return std::abs(left.as_real() - right.as_real()) <=
                   1e-9 * std::max({1.0, std::abs(left.as_real()), scale});
        default: return left.as_integer() == right.as_integer();
    }
}

}  // namespace segmentd::tests
