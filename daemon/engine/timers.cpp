// Timers of the engine: one a customer, and the few that concern everybody.
#include <algorithm>

#include "daemon/engine/engine.hpp"
#include "daemon/engine/touches/announcements.hpp"

namespace segmentd::daemon {

Timestamp Engine::next_due() const {
    if (!has_workspace()) return never;
    return std::min({next_common_timer(), timers_.next_due(), accounts_.next_due()});
}

// Everybody's timers come first at their instant: a day ends before the next one's decisions. Accounts come last.
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
        if (timers_.next_due() > due) {
            const auto account = accounts_.next_to_fire();
            if (!accounts_.puts_off(account, due)) reconsider_account({account, {}}, {"time", due, quiet}, effects);
            continue;
        }
        const auto index = timers_.next_to_fire();
        if (is_overtaken(index, due)) {
            schedule(index, due);
        } else {
            reconsider(index, {"time", due, quiet}, effects);
        }
    }
}

// Endpoints are told of it; nobody is contacted.
void Engine::reconsider_account(const AccountChange& change, const Cause& cause, Effects& effects) {
    const auto told = effects.account_changes.size();
    accounts_.reconsider(change, cause, effects);
    for (std::size_t i = told; !cause.quiet && i < effects.account_changes.size(); ++i) {
        take_decisions(announce_account_change({population_, pauses_}, effects.account_changes[i]), effects);
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
    auto& customer = population_.at(index);
    timers_.set(customer, index, next_check(customer, now));
}

void Engine::schedule(std::size_t index, Timestamp now, const Touched& touched) {
    auto& customer = population_.at(index);
    timers_.set(customer, index,
                std::min({customer.next_check, population_.next_change(customer, now, touched),
                          next_stay_end(population_, customer, now),
                          Pilots::next_maturity(population_.book(), customer, now)}));
}

}  // namespace segmentd::daemon
