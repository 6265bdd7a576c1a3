#include "rules/features/feature_state.hpp"

#include <algorithm>
#include <bit>

#include "rules/features/window_value.hpp"

namespace segmentd::rules {

using expression::Value;

namespace {

void append_number(std::string& bytes, std::int64_t number) {
    bytes += std::to_string(number) + ',';
}

void append_sum(std::string& bytes, WideSum sum) {
    append_number(bytes, static_cast<std::int64_t>(sum >> 64));
    bytes += std::to_string(static_cast<std::uint64_t>(sum)) + ',';
}

// One text a value, the same on every machine; a number keeps its type.
void append_value(std::string& bytes, const Attribute& value) {
    bytes += std::to_string(value.index()) + '=';
    if (const auto* text = std::get_if<std::string>(&value)) {
        append_number(bytes, static_cast<std::int64_t>(text->size()));
        bytes += *text;
        return;
    }
    Seldom<TextPool> no_texts;
    bytes += std::to_string(FeatureEntry({}, value, false, no_texts).bits()) + ',';
}

// The days a recency steps at: all, or those that matter.
Timestamp next_step(const FeaturePlan& plan, Timestamp latest, Timestamp now) {
    const auto today = (now - latest) / Days(1);
    if (!plan.days_that_matter) return latest + Days(today + 1);
    const auto day = std::ranges::upper_bound(*plan.days_that_matter, today);
    return day == plan.days_that_matter->end() ? never : Timestamp(latest + Days(*day));
}

bool is_silence_kept(Aggregate compute) {
    return compute == Aggregate::restarted;
}

}  // namespace

void FeatureState::add(const FeaturePlan& plan, const FeatureInput& input, LocalInstant now) {
    if (!plan.window) return add_to_life(plan, input);
    if (input.at >= kept_from(plan, now) || is_silence_kept(plan.compute)) insert(input);
    advance(plan, now);
}

void FeatureState::advance(const FeaturePlan& plan, LocalInstant now) {
    auto* kept = kept_.find();
    if (!plan.window || kept == nullptr || kept->entries.empty()) return;
    auto& entries = kept->entries;
    auto* stays = std::ranges::lower_bound(entries, kept_from(plan, now), {}, &FeatureEntry::at);
    if (is_silence_kept(plan.compute) && stays != entries.begin()) --stays;
    for (const auto* entry = entries.begin(); entry != stays; ++entry) {
        if (entry->type() == AttributeType::text) kept->texts.make().release(entry->bits());
    }
    entries.erase(entries.begin(), stays);
}

Value FeatureState::value(const FeaturePlan& plan, LocalInstant now) const {
    if (!plan.window) return value_of_life(plan, now.at);
    const auto span = span_at(plan, now);
    return window_value(plan, {entries_in(span), entries_in({beginning_of_time, span.to}), *kept_->texts}, now);
}

Timestamp FeatureState::valid_until(const FeaturePlan& plan, LocalInstant now) const {
    if (!plan.window) {
        if (count_ == 0) return never;
        if (plan.compute == Aggregate::recency) return next_step(plan, last_, now.at);
        const bool will_stop = plan.compute == Aggregate::stopped && now.at < last_ + plan.after;
        return will_stop ? last_ + plan.after : never;
    }
    const auto span = span_at(plan, now);
    if (!has_entries_from(span.from)) return never;
    const auto inside = entries_in(span);
    if (inside.empty()) return next_border(plan, now);
    Timestamp until = next_border(plan, now);
    if (const auto* length = std::get_if<Duration>(&*plan.window)) {
        const bool is_of_the_latest = plan.compute == Aggregate::recency || plan.compute == Aggregate::last;
        until = (is_of_the_latest ? inside.back() : inside.front()).at() + *length;
        if (plan.compute == Aggregate::sequence) {
            const auto end = last_completion(plan, {inside, entries_in({beginning_of_time, span.to}), *kept_->texts});
            return end ? *end + *length : never;
        }
    }
    const auto latest = inside.back().at();
    if (plan.compute == Aggregate::recency) until = std::min(until, next_step(plan, latest, now.at));
    if (plan.compute == Aggregate::decay) {
        until = std::min<Timestamp>(until, decay_instant(plan, latest, now.at) + plan.refresh_every);
    }
    return until;
}

void FeatureState::append_canonical(std::string& bytes) const {
    if (count_ != 0) {
        append_number(bytes, count_);
        append_number(bytes, to_microseconds(first_));
        append_number(bytes, to_microseconds(last_));
    }
    for (const auto& entry : kept_->entries) {
        bytes += entry.is_part() ? "+" : "-";
        append_number(bytes, to_microseconds(entry.at()));
        append_value(bytes, entry.value(*kept_->texts));
    }
    if (kept_->life) {
        append_sum(bytes, kept_->life->sum);
        append_sum(bytes, kept_->life->part);
        for (const auto& [value, tally] : *kept_->life->tallies) {
            append_value(bytes, value);
            append_number(bytes, tally.count);
            append_number(bytes, to_microseconds(tally.last));
        }
    }
    bytes += ';';
}

void FeatureState::fetch_entries() const {
    kept_->life.fetch();
    kept_->entries.fetch();
}

void FeatureState::insert(const FeatureInput& input) {
    auto& [entries, texts, life] = kept_.make();
    entries.reserve_sparingly();
    const auto* place = std::ranges::upper_bound(entries, input.at, {}, &FeatureEntry::at);
    entries.insert(place, FeatureEntry(input.at, input.value, input.is_part, texts));
}

void FeatureState::replace(const FeatureInput& input) {
    auto& [entries, texts, life] = kept_.make();
    if (entries.empty()) return insert(input);
    auto& entry = entries[0];
    if (entry.type() == AttributeType::text) texts.make().release(entry.bits());
    entry = FeatureEntry(input.at, input.value, input.is_part, texts);
}

void FeatureState::add_to_life(const FeaturePlan& plan, const FeatureInput& input) {
    const bool is_new = count_ == 0;
    const bool is_first = is_new || input.at < first_;
    const bool is_last = is_new || input.at >= last_;
    ++count_;
    if (is_first) first_ = input.at;
    if (is_last) last_ = input.at;
    const auto units = plan.has_value ? to_exact_units(input.value) : static_cast<WideSum>(exact_units_per_number);
    const auto best = [&] { return kept_->entries[0].value(*kept_->texts); };
    const AttributeOrder less;
    switch (plan.compute) {
        case Aggregate::sum:
        case Aggregate::mean:
        case Aggregate::share: {
            auto& life = kept_.make().life.make();
            life.sum += units;
            life.part += input.is_part ? units : 0;
            break;
        }
        case Aggregate::distinct:
        case Aggregate::most_frequent:
            count_value(kept_.make().life.make().tallies.make(), input.value, input.at);
            break;
        case Aggregate::min:
            if (is_new || less(input.value, best())) replace(input);
            break;
        case Aggregate::max:
            if (is_new || less(best(), input.value)) replace(input);
            break;
        case Aggregate::first:
            if (is_first) replace(input);
            break;
        case Aggregate::last:
            if (is_last) replace(input);
            break;
        default: break;
    }
}

std::span<const FeatureEntry> FeatureState::entries_in(const Span& span) const {
    const auto& entries = kept_->entries;
    const auto* begin = std::ranges::lower_bound(entries, span.from, {}, &FeatureEntry::at);
    const auto* end = std::ranges::lower_bound(begin, entries.end(), span.to, {}, &FeatureEntry::at);
    return {begin, end};
}

bool FeatureState::has_entries_from(Timestamp from) const {
    const auto& entries = kept_->entries;
    return !entries.empty() && entries[entries.size() - 1].at() >= from;
}

Value FeatureState::value_of_life(const FeaturePlan& plan, Timestamp now) const {
    const int digits = std::max(plan.money_digits, 0);
    const auto& life = *kept_->life;
    switch (plan.compute) {
        case Aggregate::count: return Value::integer(count_);
        case Aggregate::sum: return Value::real(number_of(plan, life.sum));
        case Aggregate::distinct: return Value::integer(static_cast<std::int64_t>(life.tallies->size()));
        case Aggregate::stopped: return Value::boolean(count_ > 0 && now - last_ >= plan.after);
        default: break;
    }
    if (count_ == 0) return Value();
    switch (plan.compute) {
        case Aggregate::mean: return Value::real(number_of(plan, life.sum) / static_cast<double>(count_));
        case Aggregate::share: return share_of(life.part, life.sum);
        case Aggregate::most_frequent: return to_value(most_frequent(*life.tallies), digits);
        case Aggregate::recency: return Value::integer((now - last_) / Days(1));
        case Aggregate::gap: return gap_of(first_, last_, count_);
        default: return to_value(kept_->entries[0].value(*kept_->texts), digits);
    }
}

}  // namespace segmentd::rules
