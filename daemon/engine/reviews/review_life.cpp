// The life of a review: opened with what may have caused it, called about, acted upon.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/canonical_json.hpp"
#include "daemon/engine/reviews/reviews.hpp"
#include "rules/segments/limits.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

constexpr Days causes_of_the_last{28};
constexpr std::size_t most_happenings = 1'000;

std::string finding_of(const AlarmRecord& alarm) {
    if (!alarm.limit.empty()) {
        const bool is_share = alarm.limit.starts_with("share");
        return rules::sentence(SegmentId(alarm.monitor), {alarm.limit, alarm.reference, alarm.estimate, is_share});
    }
    return fmt::format("the share of {} is {:.1f} % (95 % interval {:.1f} to {:.1f} %), approved were {:.1f} %",
                       alarm.monitor, 100 * alarm.estimate, 100 * alarm.lower, 100 * alarm.upper,
                       100 * alarm.reference);
}

// Nothing for a record that does not know it: its review reads as it did when it was opened.
std::string from_whom(const ValidationRecord& validation) {
    const auto& same = validation.no_difference_from;
    if (same.empty()) return {};
    if (same.front() != all_non_members)
        return fmt::format(" from {}, though they differed from non-members together", same.front());
    return same.size() == 1 ? " from non-members" : fmt::format(" from non-members or from {}", same.back());
}

}  // namespace

Result<void> check_action(const std::vector<Review>& reviews, const ReviewRecord& action, Timestamp now) {
    const auto review = std::ranges::find(reviews, action.review, &Review::number);
    if (review == reviews.end()) {
        return fail(ErrorCode::not_found, fmt::format("there is no review {}", action.review),
                    "see segmentctl reviews");
    }
    if (review->state == ReviewState::decided) {
        return fail(ErrorCode::conflict,
                    fmt::format("review {} was decided: {}", action.review, to_word(review->decision)));
    }
    if (action.action == ReviewAction::snooze && action.until <= now) {
        return fail(ErrorCode::invalid, fmt::format("{} is not in the future", to_text(action.until)),
                    "name a later date with --until");
    }
    return {};
}

std::string review_data(const Review& review) {
    json::array causes(review.causes.begin(), review.causes.end());
    return canonical_json(json::object{{"review", review.number},
                                       {"kind", to_word(review.kind)},
                                       {"segment", review.segment.text},
                                       {"steward", review.steward.text},
                                       {"owner", review.owner.text},
                                       {"state", to_word(review.state)},
                                       {"opened_at", to_text(review.opened_at)},
                                       {"deadline", to_text(review.deadline)},
                                       {"finding", review.finding},
                                       {"causes", std::move(causes)}})
        .value_or("{}");
}

void Reviews::happened(Timestamp at, const SegmentId& segment, std::string what) {
    happenings_.push_back({at, segment, std::move(what)});
    while (happenings_.front().at + causes_of_the_last < at || happenings_.size() > most_happenings)
        happenings_.pop_front();
}

void Reviews::touched(Timestamp at, const SegmentId& segment) {
    auto& days = touches_[segment];
    const auto day = calendar_.day_number(at);
    if (days.empty() || days.back().first != day) days.emplace_back(day, 0);
    ++days.back().second;
    while (days.front().first + causes_of_the_last.count() < day) days.pop_front();
}

Review& Reviews::add(const rules::Rulebook& book, ReviewKind kind, const SegmentId& segment, Timestamp at) {
    const auto* definition = rules::find(book.definitions.segments, segment);
    Review review;
    review.number = static_cast<std::int64_t>(reviews_.size()) + 1;
    review.kind = kind;
    review.segment = segment;
    review.steward = definition != nullptr ? definition->steward : PersonId{};
    review.owner = review.steward;
    if (rules::has_left(book.definitions.workspace, review.steward, at)) {
        const auto present = next_present(book.definitions.workspace, 0, at);
        if (present < escalation_.size()) review.owner = escalation_[present].to.id;
    }
    review.opened_at = at;
    review.deadline = review.next_call = at + time_for_review(segment);
    review.causes = causes_of(segment, at);
    reviews_.push_back(std::move(review));
    plan_next_call();
    return reviews_.back();
}

Duration Reviews::time_for_review(const SegmentId& segment) const {
    const auto monitor = std::ranges::find(monitors_, segment, &Monitor::segment);
    return monitor != monitors_.end() ? monitor->review_within : review_within_;
}

const Review& Reviews::open(const rules::Rulebook& book, const AlarmRecord& alarm, Timestamp at) {
    std::erase_if(unrecorded_, [&](const AlarmRecord& other) {
        return other.monitor == alarm.monitor && other.day == alarm.day && other.limit == alarm.limit;
    });
    const auto kind = alarm.limit.empty() ? ReviewKind::drift : ReviewKind::limit;
    auto& review = add(book, kind, SegmentId(alarm.monitor), at);
    review.alarm = alarm;
    review.finding = finding_of(alarm);
    return review;
}

const Review* Reviews::open(const rules::Rulebook& book, const ValidationRecord& validation, Timestamp at) {
    const bool is_known = std::ranges::any_of(reviews_, [&](const Review& review) {
        if (review.kind != ReviewKind::validation || review.segment != validation.segment) return false;
        const bool was_kept = review.decision == ReviewAction::keep && review.validation.version == validation.version;
        return review.state != ReviewState::decided || was_kept;
    });
    if (is_known) return nullptr;
    auto& review = add(book, ReviewKind::validation, validation.segment, at);
    review.validation = validation;
    review.finding = fmt::format("from {} to {} its {} members showed no measurable difference{}",
                                 calendar_.to_date_text(validation.from), calendar_.to_date_text(validation.until),
                                 validation.members, from_whom(validation));
    return &review;
}

const Review& Reviews::open(const rules::Rulebook& book, const rules::PilotDefinition& pilot,
                            const PilotDecisionRecord& decision, Timestamp at) {
    auto& review = add(book, ReviewKind::pilot, pilot.segment.id, at);
    const bool is_leading = decision.verdict == PilotVerdict::leading;
    const auto& owner = (is_leading ? pilot.decide_leading : pilot.decide_lagging).owner;
    if (!owner.empty() && !rules::has_left(book.definitions.workspace, owner, at)) review.owner = owner;
    review.finding = fmt::format("the {} verdict on pilot {} is left to people: {}", to_word(decision.verdict),
                                 pilot.id.text, decision.because);
    return review;
}

std::vector<std::string> Reviews::causes_of(const SegmentId& segment, Timestamp at) const {
    std::vector<std::string> causes;
    for (auto happening = happenings_.rbegin(); happening != happenings_.rend(); ++happening) {
        const bool concerns = happening->segment.empty() || happening->segment == segment;
        if (!concerns || happening->at + causes_of_the_last < at) continue;
        causes.push_back(fmt::format("{}: {}", calendar_.to_date_text(happening->at), happening->what));
    }
    const auto touched = touches_.find(segment);
    if (touched == touches_.end()) return causes;
    std::int64_t sent = 0;
    for (const auto& [day, count] : touched->second) {
        if (day + causes_of_the_last.count() >= calendar_.day_number(at)) sent += count;
    }
    if (sent > 0) causes.push_back(fmt::format("{} touches to the segment within 28 days", sent));
    return causes;
}

void Reviews::act(const Record& record, const ReviewRecord& action) {
    if (!check_action(reviews_, action, record.engine_time)) return;
    auto& review = *std::ranges::find(reviews_, action.review, &Review::number);
    review.decided_at = record.engine_time;
    review.decided_by = record.actor;
    review.reason = record.reason;
    if (action.action == ReviewAction::acknowledge) {
        review.state = ReviewState::acknowledged;
    } else if (action.action == ReviewAction::snooze) {
        review.state = ReviewState::snoozed;
        review.deadline = review.next_call = action.until;
        review.calls = 0;
    } else {
        review.state = ReviewState::decided;
        review.decision = action.action;
        review.next_call = never;
        const auto monitor = std::ranges::find(monitors_, review.segment, &Monitor::segment);
        if (review.kind == ReviewKind::drift && monitor != monitors_.end())
            settle(*monitor, action.action, record.engine_time);
    }
    plan_next_call();
}

void Reviews::plan_next_call() {
    next_call_ = never;
    for (const auto& review : reviews_) next_call_ = std::min(next_call_, review.next_call);
}

std::vector<Review> Reviews::call(const rules::WorkspaceSettings& workspace, Timestamp at) {
    std::vector<Review> called;
    for (auto& review : reviews_) {
        if (review.next_call > at) continue;
        const bool passes_on = review.calls > 0 || rules::has_left(workspace, review.owner, at);
        const auto step = passes_on ? next_present(workspace, std::max<std::size_t>(review.calls, 1) - 1, at) : 0;
        const bool is_somebody_there = step < escalation_.size();
        if (passes_on && is_somebody_there) review.owner = escalation_[step].to.id;
        if (is_somebody_there || review.calls == 0) called.push_back(review);
        review.calls = step + (passes_on ? 2 : 1);
        review.next_call =
            review.calls <= escalation_.size() ? review.deadline + escalation_[review.calls - 1].after : never;
    }
    plan_next_call();
    return called;
}

// The first step from this one on whose person is there; the number of steps where there is none.
std::size_t Reviews::next_present(const rules::WorkspaceSettings& workspace, std::size_t step, Timestamp at) const {
    while (step < escalation_.size() && rules::has_left(workspace, escalation_[step].to.id, at)) ++step;
    return step;
}

const char* to_word(ReviewKind kind) {
    switch (kind) {
        case ReviewKind::drift: return "drift";
        case ReviewKind::validation: return "validation";
        case ReviewKind::pilot: return "pilot";
        case ReviewKind::limit: return "limit";
    }
    return "drift";
}

const char* to_word(ReviewState state) {
    switch (state) {
        case ReviewState::open: return "open";
        case ReviewState::acknowledged: return "acknowledged";
        case ReviewState::snoozed: return "snoozed";
        case ReviewState::decided: return "decided";
    }
    return "open";
}

}  // namespace segmentd::daemon
