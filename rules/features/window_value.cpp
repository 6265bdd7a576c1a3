#include "rules/features/window_value.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>
#include <vector>

#include "base/exact_units.hpp"
#include "base/money.hpp"

namespace segmentd::rules {

using expression::Value;

namespace {

constexpr double day_us = 86'400'000'000.0;

using Entries = std::span<const FeatureEntry>;

WideSum units_of(const FeaturePlan& plan, const FeatureEntry& entry);
WideSum sum_of(const FeaturePlan& plan, Entries entries);
std::int64_t distinct(Entries entries);
Attribute extreme(const WindowContent& content, bool largest);
Tallies tally(const WindowContent& content);
Value trend(const FeaturePlan& plan, Entries inside);
Value decay(const FeaturePlan& plan, Entries inside, Timestamp now);
Value share(const FeaturePlan& plan, Entries inside);
bool is_regular(const FeaturePlan& plan, Entries inside, LocalInstant now);
bool has_restarted(const FeaturePlan& plan, const WindowContent& content);
Value value_of_some(const FeaturePlan& plan, const WindowContent& content, Timestamp now);

}  // namespace

Value window_value(const FeaturePlan& plan, const WindowContent& content, LocalInstant now) {
    const auto inside = content.inside;
    switch (plan.compute) {
        case Aggregate::count: return Value::integer(static_cast<std::int64_t>(inside.size()));
        case Aggregate::sum: return Value::real(number_of(plan, sum_of(plan, inside)));
        case Aggregate::distinct: return Value::integer(distinct(inside));
        case Aggregate::decay: return decay(plan, inside, now.at);
        case Aggregate::regular: return Value::boolean(is_regular(plan, inside, now));
        case Aggregate::restarted: return Value::boolean(has_restarted(plan, content));
        case Aggregate::sequence: return Value::boolean(last_completion(plan, content).has_value());
        default: return inside.empty() ? Value() : value_of_some(plan, content, now.at);
    }
}

// A run can begin anew with every signal that may be the first step, and of two runs that stand at
// one step the later is the better one. What breaks runs breaks all that have begun.
std::optional<Timestamp> last_completion(const FeaturePlan& plan, const WindowContent& content) {
    const std::size_t steps = plan.within.size() + 1;
    std::array<std::optional<Timestamp>, most_sequence_steps> reached;  // when the latest run came to each step
    std::optional<Timestamp> completed;
    const std::size_t before = content.kept.size() - content.inside.size();
    for (std::size_t i = 0; i < content.kept.size(); ++i) {
        const auto& entry = content.kept[i];
        const bool breaks = (entry.bits() & static_cast<std::uint64_t>(breaks_sequence)) != 0;
        for (std::size_t step = steps - 1; step > 0; --step) {
            const bool is_last = step + 1 == steps;
            if ((entry.bits() >> step & 1) == 0 || (breaks && !is_last) || !reached[step - 1]) continue;
            if (entry.at() - *reached[step - 1] > plan.within[step - 1]) continue;
            if (!is_last) reached[step] = entry.at();
            if (is_last && i >= before) completed = entry.at();
        }
        if (breaks) reached.fill(std::nullopt);
        if ((entry.bits() & 1) != 0) reached[0] = entry.at();
    }
    return completed;
}

Timestamp decay_instant(const FeaturePlan& plan, Timestamp latest, Timestamp now) {
    return latest + (now - latest) / plan.refresh_every * plan.refresh_every;
}

double number_of(const FeaturePlan& plan, WideSum sum) {
    const double unit = plan.money_digits >= 0 ? std::pow(10.0, plan.money_digits) : exact_units_per_number;
    return static_cast<double>(sum) / unit;
}

Value share_of(WideSum part, WideSum whole) {
    return whole == 0 ? Value() : Value::real(static_cast<double>(part) / static_cast<double>(whole));
}

Value gap_of(Timestamp first, Timestamp last, std::int64_t count) {
    if (count < 2) return Value();
    return Value::real(static_cast<double>((last - first).count()) / static_cast<double>(count - 1) / day_us);
}

bool AttributeOrder::operator()(const Attribute& left, const Attribute& right) const {
    if (left.index() != right.index()) return left.index() < right.index();
    return left < right;
}

void count_value(Tallies& tallies, const Attribute& value, Timestamp at) {
    auto& tally = tallies[value];
    tally.last = tally.count == 0 ? at : std::max(tally.last, at);
    ++tally.count;
}

const Attribute& most_frequent(const Tallies& tallies) {
    auto most = tallies.begin();
    for (auto tally = tallies.begin(); tally != tallies.end(); ++tally) {
        if (tally->second >= most->second) most = tally;
    }
    return most->first;
}

Value to_value(const Attribute& attribute, int currency_digits) {
    switch (type_of(attribute)) {
        case AttributeType::text: return Value::string(std::get<std::string>(attribute));
        case AttributeType::number: return Value::real(std::get<double>(attribute) + 0.0);  // a zero has no sign
        case AttributeType::integer: return Value::integer(std::get<std::int64_t>(attribute));
        case AttributeType::boolean: return Value::boolean(std::get<bool>(attribute));
        case AttributeType::money:
            return Value::real(to_major_units(std::get<MinorUnits>(attribute).count, currency_digits));
        case AttributeType::time: return Value::timestamp(std::get<Timestamp>(attribute));
    }
    return Value();
}

namespace {

Value value_of_some(const FeaturePlan& plan, const WindowContent& content, Timestamp now) {
    const auto inside = content.inside;
    const int digits = std::max(plan.money_digits, 0);
    const auto shown = [&](const FeatureEntry& entry) { return to_value(entry.value(content.texts), digits); };
    switch (plan.compute) {
        case Aggregate::mean:
            return Value::real(number_of(plan, sum_of(plan, inside)) / static_cast<double>(inside.size()));
        case Aggregate::min: return to_value(extreme(content, false), digits);
        case Aggregate::max: return to_value(extreme(content, true), digits);
        case Aggregate::first: return shown(inside.front());
        case Aggregate::last: return shown(inside.back());
        case Aggregate::most_frequent: return to_value(most_frequent(tally(content)), digits);
        case Aggregate::gap:
            return gap_of(inside.front().at(), inside.back().at(), static_cast<std::int64_t>(inside.size()));
        case Aggregate::trend: return trend(plan, inside);
        case Aggregate::share: return share(plan, inside);
        default: return Value::integer((now - inside.back().at()) / Days(1));
    }
}

WideSum units_of(const FeaturePlan& plan, const FeatureEntry& entry) {
    if (!plan.has_value) return static_cast<WideSum>(exact_units_per_number);
    if (entry.type() == AttributeType::text) return 0;
    static const TextPool no_texts;
    return to_exact_units(entry.value(no_texts));
}

WideSum sum_of(const FeaturePlan& plan, Entries entries) {
    WideSum sum = 0;
    for (const auto& entry : entries) sum += units_of(plan, entry);
    return sum;
}

std::int64_t distinct(Entries entries) {
    std::vector<std::pair<AttributeType, std::uint64_t>> values;
    values.reserve(entries.size());
    for (const auto& entry : entries) values.emplace_back(entry.type(), entry.bits());
    std::ranges::sort(values);
    return std::ranges::unique(values).begin() - values.begin();
}

Attribute extreme(const WindowContent& content, bool largest) {
    const auto value = [&](const FeatureEntry& entry) { return entry.value(content.texts); };
    const AttributeOrder less;
    return value(largest ? *std::ranges::max_element(content.inside, less, value)
                         : *std::ranges::min_element(content.inside, less, value));
}

Tallies tally(const WindowContent& content) {
    Tallies tallies;
    for (const auto& entry : content.inside) count_value(tallies, entry.value(content.texts), entry.at());
    return tallies;
}

// The slope of simple linear regression: sum of (t - mean t)(v - mean v) over sum of (t - mean t)^2.
Value trend(const FeaturePlan& plan, Entries inside) {
    const auto start = inside.front().at();
    if (inside.back().at() == start) return Value();
    const auto days = [&](const FeatureEntry& entry) {
        return static_cast<double>((entry.at() - start).count()) / day_us;
    };
    const auto count = static_cast<double>(inside.size());
    double mean_days = 0;
    for (const auto& entry : inside) mean_days += days(entry) / count;
    const double mean_value = number_of(plan, sum_of(plan, inside)) / count;
    double together = 0;
    double spread = 0;
    for (const auto& entry : inside) {
        const double aside = days(entry) - mean_days;
        together += aside * (number_of(plan, units_of(plan, entry)) - mean_value);
        spread += aside * aside;
    }
    return Value::real(together / spread);
}

Value decay(const FeaturePlan& plan, Entries inside, Timestamp now) {
    double sum = 0;
    if (inside.empty()) return Value::real(sum);
    const auto instant = decay_instant(plan, inside.back().at(), now);
    const auto half_life = static_cast<double>(plan.half_life.count());
    for (const auto& entry : inside) {
        const auto age = static_cast<double>((instant - entry.at()).count());
        sum += number_of(plan, units_of(plan, entry)) * std::exp2(-age / half_life);
    }
    return Value::real(sum);
}

Value share(const FeaturePlan& plan, Entries inside) {
    WideSum part = 0;
    for (const auto& entry : inside) part += entry.is_part() ? units_of(plan, entry) : 0;
    return share_of(part, sum_of(plan, inside));
}

bool is_regular(const FeaturePlan& plan, Entries inside, LocalInstant now) {
    const auto period = std::get<CalendarWindow>(*plan.window).period;
    std::int64_t active = 0;
    Timestamp end = beginning_of_time;  // of the period that was counted last
    for (const auto& entry : inside) {
        if (entry.at() < end) continue;
        ++active;
        end = period_start(*now.zone, period, entry.at(), 1);
    }
    return active >= plan.at_least;
}

bool has_restarted(const FeaturePlan& plan, const WindowContent& content) {
    for (const auto& entry : content.inside) {
        if (&entry == &content.kept.front()) continue;
        if (entry.at() - (&entry - 1)->at() >= plan.after) return true;
    }
    return false;
}

}  // namespace
}  // namespace segmentd::rules
