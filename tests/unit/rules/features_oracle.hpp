// The slow, obvious way to compute a feature: keep every signal for ever and look at all of them
// at each question. What the incremental state says must be the same to the last bit.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/random.hpp"
#include "rules/features/feature_state.hpp"

namespace segmentd::tests {

// A signal and the instant at which it became known.
struct KnownSignal {
    rules::FeatureInput input;
    Timestamp known_at{};
};

// The signals that count at `now`, in order of time; ties by sequence.
inline std::vector<rules::FeatureInput> signals_in_window(const rules::FeaturePlan& plan,
                                                          const std::vector<KnownSignal>& signals, Timestamp now) {
    std::vector<rules::FeatureInput> inside;
    for (const auto& signal : signals) {
        if (signal.known_at > now || signal.input.at > now) continue;
        if (plan.window && signal.input.at <= now - *plan.window) continue;
        inside.push_back(signal.input);
    }
    std::sort(inside.begin(), inside.end(), [](const auto& left, const auto& right) {
        return std::tie(left.at, left.sequence) < std::tie(right.at, right.sequence);
    });
    return inside;
}

inline double total_of(const rules::FeaturePlan& plan, const std::vector<rules::FeatureInput>& signals) {
    std::int64_t total = 0;
    for (const auto& signal : signals) {
        if (const auto* money = std::get_if<MinorUnits>(&signal.value)) total += money->count;
        if (const auto* whole = std::get_if<std::int64_t>(&signal.value)) total += *whole * 1048576;
        if (const auto* flag = std::get_if<bool>(&signal.value)) total += *flag ? 1048576 : 0;
        if (const auto* number = std::get_if<double>(&signal.value)) {
            total += static_cast<std::int64_t>(std::nearbyint(*number * 1048576.0));
        }
    }
    return static_cast<double>(total) / (plan.money_digits == 2 ? 100.0 : 1048576.0);
}

inline rules::expression::Value feature_by_oracle(const rules::FeaturePlan& plan,
                                                  const std::vector<KnownSignal>& signals, Timestamp now) {
    using rules::Aggregate;
    using rules::expression::Value;
    const auto inside = signals_in_window(plan, signals, now);
    const auto count = static_cast<std::int64_t>(inside.size());
    const auto seen = [](const Attribute& value) { return rules::to_value(value, 2); };
    std::vector<Attribute> values;
    for (const auto& signal : inside) values.push_back(signal.value);
    if (plan.compute == Aggregate::count) return Value::integer(count);
    if (plan.compute == Aggregate::sum) return Value::real(total_of(plan, inside));
    if (plan.compute == Aggregate::distinct) {
        return Value::integer(static_cast<std::int64_t>(std::set<Attribute>(values.begin(), values.end()).size()));
    }
    if (inside.empty()) return Value();
    switch (plan.compute) {
        case Aggregate::mean: return Value::real(total_of(plan, inside) / static_cast<double>(count));
        case Aggregate::min: return seen(*std::min_element(values.begin(), values.end()));
        case Aggregate::max: return seen(*std::max_element(values.begin(), values.end()));
        case Aggregate::first: return seen(values.front());
        case Aggregate::last: return seen(values.back());
        default: return Value::integer((now - inside.back().at) / Days(1));
    }
}

// Same kind and same bits.
inline bool is_same(const rules::expression::Value& left, const rules::expression::Value& right) {
    using rules::expression::Kind;
    if (left.kind() != right.kind()) return false;
    switch (left.kind()) {
        case Kind::missing: return true;
        case Kind::string: return left.as_text() == right.as_text();
        case Kind::timestamp: return left.as_instant() == right.as_instant();
        default: return left.as_integer() == right.as_integer();
    }
}

}  // namespace segmentd::tests
