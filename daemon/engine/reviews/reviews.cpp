// The monitors: what they see, when they alarm, and when they start afresh.
#include "daemon/engine/reviews/reviews.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "rules/rulebook/account_definitions.hpp"

namespace segmentd::daemon {

namespace ex = experiments;

namespace {

constexpr std::size_t days_of_a_new_reference = 7;
constexpr double smallest_reference = 1e-6;

bool is_same(double left, double right) {
    return std::bit_cast<std::uint64_t>(left) == std::bit_cast<std::uint64_t>(right);
}

ex::ShareObservation sum_of(const std::deque<ex::ShareObservation>& days) {
    ex::ShareObservation sum;
    for (const auto& day : days) {
        sum.members += day.members;
        sum.total += day.total;
    }
    return sum;
}

}  // namespace

void Reviews::use(const rules::Rulebook& book, Timestamp at) {
    note_in_force(rules::with_accounts(book).segments, at);
    has_limits_ = std::ranges::any_of(book.definitions.segments, [](const rules::SegmentDefinition& segment) {
        return segment.limits != rules::SegmentLimits{};
    });
    std::size_t count = 0;
    for (const auto& governance : book.definitions.governance) count += governance.drift.monitors.size();
    const auto old = std::exchange(monitors_, {});
    escalation_.clear();
    calendar_ = book.definitions.workspace.calendar;
    if (has_limits_ && day_end_ == never) day_end_ = calendar_.start_of_day(calendar_.day_number(at) + 1);
    for (const auto& governance : book.definitions.governance) {
        const auto& drift = governance.drift;
        review_within_ = drift.review_within;
        escalation_.insert(escalation_.end(), governance.escalation.begin(), governance.escalation.end());
        for (const auto& defined : drift.monitors) {
            Monitor monitor;
            monitor.segment = defined.segment.id;
            monitor.defined_reference = monitor.settings.reference_share = defined.reference_share;
            const auto known = std::ranges::find(old, monitor.segment, &Monitor::segment);
            const bool goes_on = known != old.end() && is_same(known->defined_reference, defined.reference_share) &&
                                 is_same(known->settings.tolerance, defined.tolerance);
            if (goes_on) monitor = *known;
            monitor.review_within = drift.review_within;
            monitor.settings.tolerance = defined.tolerance;
            monitor.settings.run_length = ex::run_length_bound(
                drift.false_alarms, static_cast<double>(std::chrono::floor<Days>(drift.per).count()),
                static_cast<std::int64_t>(count));
            monitors_.push_back(std::move(monitor));
        }
    }
    std::ranges::sort(escalation_, {}, [](const auto& step) { return std::pair(step.after, step.to.id); });
}

void Reviews::saw(std::size_t index, Customer& customer, Timestamp at) {
    has_lived_ = true;
    if (monitors_.empty()) return;
    const auto day = calendar_.day_number(at);
    const auto seen_day = static_cast<std::uint16_t>(day);
    if (customer.last_seen_day == seen_day) return;
    customer.last_seen_day = seen_day;
    seen_.push_back(index);
    day_end_ = calendar_.start_of_day(day + 1);
}

std::vector<AlarmRecord> Reviews::end_day(const Population& population, bool quiet) {
    const auto day = calendar_.day_number(day_end_) - 1;
    auto alarms = quiet ? std::vector<AlarmRecord>() : judge_limits(population, day);
    for (auto& monitor : monitors_) {
        if (seen_.empty()) break;
        const auto segment = rules::index_of(population.book().definitions.segments, monitor.segment);
        if (!segment) continue;
        ex::ShareObservation observation;
        observation.total = static_cast<std::int64_t>(seen_.size());
        observation.members = std::ranges::count_if(
            seen_, [&](std::size_t index) { return population.at(index).memberships.has(*segment); });
        monitor.last_days.push_back(observation);
        if (monitor.last_days.size() > days_of_a_new_reference) monitor.last_days.pop_front();
        if (monitor.waits != Waits::nothing && day_end_ >= monitor.waits_until) {
            monitor.waits = Waits::nothing;
            monitor.state = {};
        }
        if (monitor.waits != Waits::nothing) continue;
        monitor.state = ex::update(monitor.state, observation, monitor.settings);
        if (monitor.state.alarm_period == 0) continue;
        const auto report = ex::report(monitor.state, monitor.settings);
        monitor.waits = Waits::decision;
        monitor.waits_until = never;
        alarms.push_back({monitor.segment.text,
                          day,
                          monitor.settings.reference_share,
                          report.share,
                          report.interval.lower,
                          report.interval.upper,
                          monitor.state.all.total,
                          {}});
    }
    seen_.clear();
    day_end_ = has_limits_ ? calendar_.start_of_day(day + 2) : never;
    unrecorded_.insert(unrecorded_.end(), alarms.begin(), alarms.end());
    return alarms;
}

void Reviews::settle(Monitor& monitor, ReviewAction decision, Timestamp at) {
    monitor.state = {};
    monitor.waits = Waits::nothing;
    if (decision == ReviewAction::keep) {
        const auto recent = sum_of(monitor.last_days);
        if (recent.total == 0) return;
        const double share = static_cast<double>(recent.members) / static_cast<double>(recent.total);
        monitor.settings.reference_share = std::clamp(share, smallest_reference, 1 - smallest_reference);
        return;
    }
    monitor.waits = decision == ReviewAction::recalibrate ? Waits::model : Waits::definitions;
    monitor.waits_until = at + monitor.review_within;
}

void Reviews::start_afresh(Waits awaited) {
    for (auto& monitor : monitors_) {
        if (monitor.waits != awaited) continue;
        monitor.waits = Waits::nothing;
        monitor.state = {};
    }
}

void Reviews::model_was_fitted() {
    start_afresh(Waits::model);
}

void Reviews::definitions_were_applied() {
    start_afresh(Waits::definitions);
}

void Reviews::append_canonical(std::string& bytes) const {
    for (const auto& monitor : monitors_) {
        bytes += fmt::format("monitor {} {:016x} {} {} {} {}\n", monitor.segment.text,
                             std::bit_cast<std::uint64_t>(monitor.settings.reference_share), monitor.state.all.periods,
                             monitor.state.all.members, monitor.state.all.total, static_cast<int>(monitor.waits));
    }
    for (const auto& [segment, since] : in_force_) {
        bytes += fmt::format("in force {} {} {}\n", segment.text, since.version, to_microseconds(since.since));
    }
    for (const auto& [segment, limits] : broken_) {
        for (const auto& limit : limits) bytes += fmt::format("broken {} {}\n", segment.text, limit);
    }
    for (const auto& review : reviews_) {
        bytes += fmt::format("review {} {} {} {} {} {} {}\n", review.number, review.segment.text,
                             to_microseconds(review.opened_at), to_word(review.state), review.owner.text, review.calls,
                             to_microseconds(review.deadline));
    }
}

}  // namespace segmentd::daemon
