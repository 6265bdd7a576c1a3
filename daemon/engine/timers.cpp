// Timers of the engine: one a customer, and the few that concern everybody.
#include <algorithm>

#include "daemon/engine/engine.hpp"

namespace segmentd::daemon {

Timestamp Engine::next_due() const {
    if (!has_workspace()) return never;
    return std::min(next_common_timer(), timers_.first_due());
}

// Everybody's timers come first at their instant: a day ends before the next one's decisions.
void Engine::fire_timers(Timestamp until, bool quiet, Effects& effects) {
    while (true) {
        if (quiet) reviews_.skip_empty_days(until);
        const Timestamp due = next_due();
        if (due > until) return;
        const bool concerns_everybody = next_common_timer() == due;
        engine_time_ = due;
        if (concerns_everybody) {
            fire_common_timer(due, quiet, effects);
            continue;
        }
        const std::size_t index = timers_.first();
        if (is_overtaken(index, due)) {
            schedule(index, due);
        } else {
            reconsider(index, {"time", due, quiet}, effects);
        }
    }
}

Timestamp Engine::next_common_timer() const {
    return std::min({Pilots::next_opening(population_.book(), engine_time_),
                     Pilots::next_verdict(population_.book(), engine_time_), reviews_.next_day_end(),
                     reviews_.next_call()});
}

void Engine::fire_common_timer(Timestamp at, bool quiet, Effects& effects) {
    if (reviews_.next_day_end() == at) {
        for (auto& alarm : reviews_.end_day(population_, quiet)) effects.facts.push_back({std::move(alarm)});
    }
    if (reviews_.next_call() <= at) {
        const auto& workspace = population_.book().definitions.workspace;
        for (const auto& review : reviews_.call(workspace, at)) announce_review("review.overdue", review, effects);
    }
    judge_pilots(at, effects);
    if (Pilots::next_opening(population_.book(), at - Duration(1)) == at) {
        for (const auto& pilot : population_.book().definitions.pilots) {
            if (pilot.enrol_from == at) reviews_.happened(at, pilot.segment.id, "pilot " + pilot.id.text + " opened");
        }
        reconsider_all({"pilot opens", at, quiet}, effects);
    }
}

// A signal may have put off what a timer waits for: schedule() after a signal only ever brings a timer forward.
bool Engine::is_overtaken(std::size_t index, Timestamp due) const {
    return next_check(population_.at(index), due - Duration(1)) > due;
}

Timestamp Engine::next_check(const Customer& customer, Timestamp now) const {
    return std::min({population_.next_change(customer, now), next_stay_end(population_, customer, now),
                     Pilots::next_maturity(population_.book(), customer, now)});
}

void Engine::schedule(std::size_t index, Timestamp now) {
    set_timer(index, next_check(population_.at(index), now));
}

void Engine::schedule(std::size_t index, Timestamp now, const Touched& touched) {
    const auto& customer = population_.at(index);
    set_timer(index, std::min({customer.next_check, population_.next_change(customer, now, touched),
                               next_stay_end(population_, customer, now),
                               Pilots::next_maturity(population_.book(), customer, now)}));
}

void Engine::set_timer(std::size_t index, Timestamp next) {
    auto& customer = population_.at(index);
    if (next == customer.next_check) return;
    timers_.set(customer.place, next);
    customer.next_check = next;
}

}  // namespace segmentd::daemon
