#include "daemon/engine/derivation.hpp"

#include <algorithm>

#include "daemon/engine/memberships/memberships.hpp"

namespace segmentd::daemon {

Derivation::Derivation(std::shared_ptr<const rules::Rulebook> book, const Population& live, const Pilots& pilots,
                       Timestamp now)
    : now_(now) {
    derived_.use(book);
    accounts_.use(book->accounts);
    for (std::size_t i = 0; i < live.size(); ++i) {
        auto blank = pilots.blank_enrolments(*book, live.at(i));
        if (!blank.empty())
            derived_.at(derived_.find_or_create(live.at(i).id)).rest.make().enrolments = std::move(blank);
    }
    for (std::size_t pilot = 0; pilot < book->pilots.size(); ++pilot) {
        auto groups = pilots.unknown_groups(*book, pilot);
        if (groups.empty()) continue;
        auto& known = at_enrolment_.emplace_back();
        known.pilot = pilot;
        known.groups = std::move(groups);
        known.population.use(book);
        for (const auto& [id, model] : live.models()) known.population.set_model(model);
    }
}

void Derivation::take(const Record& past) {
    if (past.customer.empty()) return;
    const auto occurred_at = std::min(past.occurred_at, past.engine_time);
    for (auto& known : at_enrolment_) take_at_enrolment(known, past, occurred_at);
    const auto* signal = std::get_if<SignalRecord>(&past.payload);
    const bool is_group = std::holds_alternative<GroupRecord>(past.payload);
    if (signal == nullptr && !is_group) return;
    auto& customer = derived_.at(derived_.find_or_create(past.customer));
    accounts_.take(customer, past, now_);
    if (signal == nullptr) return;
    derived_.take_signal(customer, *signal, occurred_at, now_);
    Pilots::add_outcomes(derived_.book(), customer, *signal, occurred_at);
}

Derived Derivation::finish() {
    for (auto& known : at_enrolment_) report(known);
    return {std::move(derived_), std::move(accounts_)};
}

void Derivation::take_at_enrolment(AtEnrolment& known, const Record& past, Timestamp occurred_at) const {
    const auto index = derived_.find(past.customer);
    if (!index) return;
    const auto& enrolments = derived_.at(*index).rest->enrolments;
    const auto enrolment = enrolments.find(derived_.book().definitions.pilots[known.pilot].id);
    if (enrolment == enrolments.end() || occurred_at > enrolment->second.at) return;
    auto& customer = known.population.at(known.population.find_or_create(past.customer));
    for (const auto& [purpose, granted] : past.consent) customer.rest.make().consent[purpose] = granted;
    if (const auto* profile = std::get_if<ProfileRecord>(&past.payload))
        known.population.take_profile(customer, *profile);
    if (const auto* signal = std::get_if<SignalRecord>(&past.payload)) {
        known.population.take_signal(customer, *signal, occurred_at, enrolment->second.at);
    }
}

void Derivation::report(AtEnrolment& known) {
    const auto& book = derived_.book();
    const auto& pilot = book.definitions.pilots[known.pilot];
    Row row;
    for (std::size_t i = 0; i < known.population.size(); ++i) {
        auto& customer = known.population.at(i);
        auto& enrolment = derived_.at(*derived_.find(customer.id)).rest.make().enrolments.at(pilot.id);
        known.population.fill_row(customer, enrolment.at, row);
        const auto entered = entered_segments(known.population, row);
        for (const auto group : known.groups) {
            enrolment.reported[group] = entered[*rules::index_of(book.definitions.segments, pilot.report_by[group].id)];
        }
    }
}

}  // namespace segmentd::daemon
