#include "rules/features/feature_state.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <tuple>
#include <unordered_set>

#include "base/money.hpp"

namespace segmentd::rules {
namespace {

double unit_size(int money_digits) {
    return money_digits >= 0 ? std::pow(10.0, money_digits) : exact_units_per_number;
}

// One text a value, the same on every machine; a type letter keeps 1 and "1" apart.
std::string canonical_text(const Attribute& value) {
    switch (type_of(value)) {
        case AttributeType::text: return "t" + std::get<std::string>(value);
        case AttributeType::number: {
            const double number = std::get<double>(value) + 0.0;  // a zero has no sign
            std::string bytes(sizeof number, '\0');
            std::memcpy(bytes.data(), &number, sizeof number);
            return "n" + bytes;
        }
        case AttributeType::integer: return "i" + std::to_string(std::get<std::int64_t>(value));
        case AttributeType::boolean: return std::get<bool>(value) ? "b1" : "b0";
        case AttributeType::money: return "m" + std::to_string(std::get<MinorUnits>(value).count);
        case AttributeType::time: return "s" + std::to_string(to_microseconds(std::get<Timestamp>(value)));
    }
    return {};
}

bool less(const Attribute& left, const Attribute& right) {
    if (left.index() != right.index()) return left.index() < right.index();
    return left < right;
}

}  // namespace

void FeatureState::add(const FeaturePlan& plan, const FeatureInput& input, Timestamp now) {
    if (plan.window) {
        advance(plan, now);
        if (input.at > now - *plan.window) add_to_window(input);
    } else {
        add_to_life(plan, input);
    }
}

void FeatureState::advance(const FeaturePlan& plan, Timestamp now) {
    if (!plan.window) return;
    std::size_t lapsed = 0;
    while (lapsed < entries_.size() && entries_[lapsed].at <= now - *plan.window) {
        sum_ -= to_exact_units(entries_[lapsed].value);
        ++lapsed;
    }
    if (lapsed == 0) return;
    entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(lapsed));
    count_ = static_cast<std::int64_t>(entries_.size());
}

expression::Value FeatureState::value(const FeaturePlan& plan, Timestamp now) const {
    using expression::Value;
    if (plan.compute == Aggregate::count) return Value::integer(count_);
    if (plan.compute == Aggregate::sum) return number(plan, 1.0);
    if (plan.compute == Aggregate::distinct) {
        if (!plan.window) return Value::integer(static_cast<std::int64_t>(seen_.size()));
        std::unordered_set<std::string> texts;
        for (const auto& entry : entries_) texts.insert(canonical_text(entry.value));
        return Value::integer(static_cast<std::int64_t>(texts.size()));
    }
    if (count_ == 0) return Value();
    const int digits = std::max(plan.money_digits, 0);
    const auto by_value = [](const Entry& left, const Entry& right) { return less(left.value, right.value); };
    switch (plan.compute) {
        case Aggregate::mean: return number(plan, static_cast<double>(count_));
        case Aggregate::min: return to_value(std::ranges::min_element(entries_, by_value)->value, digits);
        case Aggregate::max: return to_value(std::ranges::max_element(entries_, by_value)->value, digits);
        case Aggregate::first: return to_value(entries_.front().value, digits);
        case Aggregate::last: return to_value(entries_.back().value, digits);
        default:
            return Value::integer(
                static_cast<std::int64_t>(std::chrono::floor<Days>(now - entries_.back().at).count()));
    }
}

Timestamp FeatureState::valid_until(const FeaturePlan& plan, Timestamp now) const {
    Timestamp until = never;
    if (plan.window && !entries_.empty()) until = entries_.front().at + *plan.window;
    if (plan.compute == Aggregate::recency && !entries_.empty()) {
        const auto last = entries_.back().at;
        until = std::min<Timestamp>(until, last + std::chrono::floor<Days>(now - last) + Days(1));
    }
    return until;
}

std::optional<Timestamp> FeatureState::last_at() const {
    if (entries_.empty()) return std::nullopt;
    return entries_.back().at;
}

void FeatureState::append_canonical(std::string& bytes) const {
    bytes += std::to_string(count_);
    bytes += ',' + std::to_string(static_cast<std::int64_t>(sum_ >> 64)) + ',' +
             std::to_string(static_cast<std::uint64_t>(sum_)) + ',';
    for (const auto& entry : entries_) {
        const auto text = canonical_text(entry.value);
        bytes += std::to_string(to_microseconds(entry.at)) + ':' + std::to_string(entry.sequence) + ':' +
                 std::to_string(text.size()) + ':' + text;
    }
    for (const auto& text : seen_) bytes += std::to_string(text.size()) + ':' + text;
    bytes += ';';
}

void FeatureState::add_to_window(const FeatureInput& input) {
    const auto later = [](const FeatureInput& new_input, const Entry& entry) {
        return std::tie(new_input.at, new_input.sequence) < std::tie(entry.at, entry.sequence);
    };
    const auto place = std::upper_bound(entries_.begin(), entries_.end(), input, later);
    entries_.insert(place, Entry{input.at, input.sequence, input.value});
    count_ = static_cast<std::int64_t>(entries_.size());
    sum_ += to_exact_units(input.value);
}

void FeatureState::add_to_life(const FeaturePlan& plan, const FeatureInput& input) {
    ++count_;
    const auto entry = Entry{input.at, input.sequence, input.value};
    const auto keep_if = [&](bool better) {
        if (entries_.empty())
            entries_.push_back(entry);
        else if (better)
            entries_.front() = entry;
    };
    const auto is_before = [](const Entry& left, const Entry& right) {
        return std::tie(left.at, left.sequence) < std::tie(right.at, right.sequence);
    };
    switch (plan.compute) {
        case Aggregate::count: break;
        case Aggregate::sum:
        case Aggregate::mean: sum_ += to_exact_units(input.value); break;
        case Aggregate::min: keep_if(!entries_.empty() && less(entry.value, entries_.front().value)); break;
        case Aggregate::max: keep_if(!entries_.empty() && less(entries_.front().value, entry.value)); break;
        case Aggregate::first: keep_if(!entries_.empty() && is_before(entry, entries_.front())); break;
        case Aggregate::last:
        case Aggregate::recency: keep_if(!entries_.empty() && is_before(entries_.front(), entry)); break;
        case Aggregate::distinct: seen_.insert(canonical_text(input.value)); break;
    }
}

expression::Value FeatureState::number(const FeaturePlan& plan, double divisor) const {
    return expression::Value::real(static_cast<double>(sum_) / unit_size(plan.money_digits) / divisor);
}

expression::Value to_value(const Attribute& attribute, int currency_digits) {
    using expression::Value;
    switch (type_of(attribute)) {
        case AttributeType::text: return Value::string(std::get<std::string>(attribute));
        case AttributeType::number: return Value::real(std::get<double>(attribute));
        case AttributeType::integer: return Value::integer(std::get<std::int64_t>(attribute));
        case AttributeType::boolean: return Value::boolean(std::get<bool>(attribute));
        case AttributeType::money:
            return Value::real(to_major_units(std::get<MinorUnits>(attribute).count, currency_digits));
        case AttributeType::time: return Value::timestamp(std::get<Timestamp>(attribute));
    }
    return Value();
}

}  // namespace segmentd::rules
