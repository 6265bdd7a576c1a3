#include "daemon/engine/reviews/reviews.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace segmentd::daemon {

namespace ex = experiments;

void Reviews::use(const rules::Rulebook& book) {
    std::size_t count = 0;
    for (const auto& governance : book.definitions.governance) count += governance.drift.monitors.size();
    auto old = std::move(monitors_);
    monitors_.clear();
    for (const auto& governance : book.definitions.governance) {
        const auto& drift = governance.drift;
        review_within_ = drift.review_within;
        for (const auto& defined : drift.monitors) {
            Monitor monitor;
            monitor.segment = defined.segment.id;
            monitor.settings.reference_share = defined.reference_share;
            monitor.settings.tolerance = defined.tolerance;
            monitor.settings.run_length = ex::run_length_bound(
                drift.false_alarms, static_cast<double>(std::chrono::floor<Days>(drift.per).count()),
                static_cast<std::int64_t>(count));
            const auto known = std::ranges::find(old, monitor.segment, &Monitor::segment);
            const bool is_same = known != old.end() &&
                                 std::bit_cast<std::uint64_t>(known->settings.reference_share) ==
                                     std::bit_cast<std::uint64_t>(monitor.settings.reference_share) &&
                                 std::bit_cast<std::uint64_t>(known->settings.tolerance) ==
                                     std::bit_cast<std::uint64_t>(monitor.settings.tolerance);
            if (known != old.end()) monitor.waits = known->waits;
            if (is_same) monitor.state = known->state;
            monitors_.push_back(std::move(monitor));
        }
    }
}

void Reviews::saw(std::size_t index, Customer& customer, Timestamp at) {
    if (monitors_.empty()) return;
    const auto day = day_number(at);
    if (customer.last_seen_day == day) return;
    customer.last_seen_day = day;
    seen_.push_back(index);
    day_end_ = start_of_day(day + 1);
}

std::vector<AlarmRecord> Reviews::end_day(const Population& population) {
    const auto day = day_number(day_end_) - 1;
    std::vector<AlarmRecord> alarms;
    for (auto& monitor : monitors_) {
        const auto segment = rules::index_of(population.book().definitions.segments, monitor.segment);
        if (monitor.waits || !segment) continue;
        ex::ShareObservation observation;
        observation.total = static_cast<std::int64_t>(seen_.size());
        observation.members = std::ranges::count_if(
            seen_, [&](std::size_t index) { return population.at(index).memberships[*segment].has_value(); });
        monitor.state = ex::update(monitor.state, observation, monitor.settings);
        if (monitor.state.alarm_period == 0) continue;
        const auto report = ex::report(monitor.state, monitor.settings);
        monitor.waits = true;
        alarms.push_back({monitor.segment.text, day, monitor.settings.reference_share, report.share,
                          report.interval.lower, report.interval.upper, monitor.state.all.total});
    }
    seen_.clear();
    day_end_ = never;
    unrecorded_.insert(unrecorded_.end(), alarms.begin(), alarms.end());
    return alarms;
}

void Reviews::open(const rules::Rulebook& book, const AlarmRecord& alarm, Timestamp at) {
    std::erase_if(unrecorded_,
                  [&](const AlarmRecord& other) { return other.monitor == alarm.monitor && other.day == alarm.day; });
    open_review(book, SegmentId(alarm.monitor), at).alarm = alarm;
}

void Reviews::open(const rules::Rulebook& book, const ValidationRecord& validation, Timestamp at) {
    const bool is_open = std::ranges::any_of(reviews_, [&](const Review& review) {
        return review.kind == ReviewKind::validation && review.segment == validation.segment;
    });
    if (is_open) return;
    auto& review = open_review(book, validation.segment, at);
    review.kind = ReviewKind::validation;
    review.validation = validation;
}

Review& Reviews::open_review(const rules::Rulebook& book, const SegmentId& segment, Timestamp at) {
    const auto* definition = rules::find(book.definitions.segments, segment);
    auto& review = reviews_.emplace_back();
    review.number = static_cast<std::int64_t>(reviews_.size());
    review.segment = segment;
    review.steward = definition != nullptr ? definition->steward : PersonId{};
    review.opened_at = at;
    review.deadline = at + review_within_;
    return review;
}

const char* to_word(ReviewKind kind) {
    return kind == ReviewKind::drift ? "drift" : "validation";
}

void Reviews::append_canonical(std::string& bytes) const {
    for (const auto& monitor : monitors_) {
        bytes += fmt::format("monitor {} {} {} {} {}\n", monitor.segment.text, monitor.state.all.periods,
                             monitor.state.all.members, monitor.state.all.total, monitor.waits);
    }
    for (const auto& review : reviews_) {
        bytes += fmt::format("review {} {} {} {}\n", review.number, to_word(review.kind), review.segment.text,
                             to_microseconds(review.opened_at));
    }
}

}  // namespace segmentd::daemon
