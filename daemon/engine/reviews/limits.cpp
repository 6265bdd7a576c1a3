// The limits of segments, and when the next look at one is owed.
#include "rules/segments/limits.hpp"

#include <algorithm>

#include "daemon/engine/reviews/reviews.hpp"

namespace segmentd::daemon {

std::vector<AlarmRecord> Reviews::judge_limits(const Population& population, std::int64_t day) {
    std::vector<AlarmRecord> alarms;
    const auto& segments = population.book().definitions.segments;
    const auto before = std::exchange(broken_, {});
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const auto& segment = segments[i];
        if (segment.limits == rules::SegmentLimits{}) continue;
        rules::SegmentSize size;
        size.customers = static_cast<std::int64_t>(population.size());
        for (std::size_t index = 0; index < population.size(); ++index) {
            size.members += population.at(index).memberships.has(i) ? 1 : 0;
        }
        for (const auto& found : rules::broken_limits(segment.limits, size)) {
            broken_[segment.id].insert(found.limit);
            const auto known = before.find(segment.id);
            const bool was_broken = known != before.end() && known->second.contains(found.limit);
            if (was_broken || waits_for_decision(segment.id, found.limit)) continue;
            alarms.push_back({segment.id.text, day, found.border, found.value, found.value, found.value, size.customers,
                              found.limit});
        }
    }
    return alarms;
}

bool Reviews::waits_for_decision(const SegmentId& segment, const std::string& limit) const {
    return std::ranges::any_of(reviews_, [&](const Review& review) {
        return review.kind == ReviewKind::limit && review.segment == segment && review.alarm.limit == limit &&
               review.state != ReviewState::decided;
    });
}

void Reviews::skip_empty_days(Timestamp until) {
    if (seen_.empty() && day_end_ <= until) day_end_ = calendar_.start_of_day(calendar_.day_number(until) + 1);
}

void Reviews::took_in_past(Timestamp at) {
    if (!has_lived_) past_until_ = at;
}

void Reviews::note_in_force(const std::vector<rules::SegmentDefinition>& segments, Timestamp at) {
    const auto before = std::exchange(in_force_, {});
    for (const auto& segment : segments) {
        const auto known = before.find(segment.id);
        const bool is_same = known != before.end() && known->second.version == segment.version;
        in_force_[segment.id] = is_same ? known->second : InForce{segment.version, at};
    }
}

std::optional<Timestamp> Reviews::next_look(const rules::SegmentDefinition& segment) const {
    std::optional<Timestamp> decided;
    for (const auto& review : reviews_) {
        if (review.segment != segment.id || review.state != ReviewState::decided) continue;
        decided = std::max(decided.value_or(review.decided_at), review.decided_at);
    }
    if (segment.review_on && (!decided || *decided < *segment.review_on)) return segment.review_on;
    if (!segment.review_every) return std::nullopt;
    const auto since = in_force_.find(segment.id);
    auto from = std::max(decided.value_or(beginning_of_time), past_until_);
    if (since != in_force_.end()) from = std::max(from, since->second.since);
    return from + *segment.review_every;
}

}  // namespace segmentd::daemon
