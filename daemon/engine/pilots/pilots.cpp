#include "daemon/engine/pilots/pilots.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "daemon/engine/pilots/outcome_units.hpp"

namespace segmentd::daemon {

using rules::AssignmentRule;
using rules::PilotDefinition;
using rules::Rulebook;

namespace {

bool is_open(const PilotDefinition& pilot, Timestamp at) {
    return pilot.enrol_from <= at && at < pilot.enrol_until;
}

bool is_member(const Rulebook& book, const Customer& customer, const SegmentId& segment) {
    const auto index = rules::index_of(book.definitions.segments, segment);
    return index && customer.memberships.has(*index);
}

// A layer holds a customer while a pilot of it still looks at them.
bool layer_is_taken(const Rulebook& book, const Customer& customer, const PilotDefinition& pilot, Timestamp at) {
    return std::ranges::any_of(customer.rest->enrolments, [&](const auto& entry) {
        const auto* other = rules::find(book.definitions.pilots, entry.first);
        return other != nullptr && !pilot.layer.empty() && other->layer == pilot.layer &&
               (!other->observe_until || at < *other->observe_until);
    });
}

// A pilot that needs a purpose treats those alone who allow it.
bool may_be_treated(const Population& population, const Customer& customer, const rules::CompiledPilot& pilot) {
    if (!pilot.purpose) return true;
    return population.allows(customer, population.book().definitions.workspace.purposes[*pilot.purpose]);
}

}  // namespace

Enrolments Pilots::blank_enrolments(const Rulebook& book, const Customer& customer) const {
    Enrolments blank;
    for (const auto& [id, enrolment] : customer.rest->enrolments) {
        const auto index = rules::index_of(book.definitions.pilots, id);
        if (!index) continue;
        Enrolment fresh;
        fresh.at = enrolment.at;
        fresh.reported.resize(book.definitions.pilots[*index].report_by.size());
        fresh.outcomes.resize(book.pilots[*index].metrics.size());
        blank.emplace(id, std::move(fresh));
    }
    return blank;
}

std::vector<std::size_t> Pilots::unknown_groups(const Rulebook& book, std::size_t pilot) const {
    const auto before = forms_.find(book.definitions.pilots[pilot].id);
    if (before == forms_.end()) return {};
    return new_groups(form_of(book, pilot, before->second), before->second);
}

void Pilots::use(const Rulebook& book, Population& population, const Population& derived) {
    const auto before = std::exchange(forms_, {});
    states_.clear();
    for (const auto& [id, form] : before) forms_[id] = form_without_definition(form);
    for (std::size_t i = 0; i < book.pilots.size(); ++i) {
        const auto& id = book.definitions.pilots[i].id;
        const auto old = before.find(id);
        const auto& form = forms_[id] = form_of(book, i, old == before.end() ? PilotForm{} : old->second);
        states_.emplace_back(form.groups.size() + 1, form.arms.size(), form.metrics.size());
    }
    for (std::size_t i = 0; i < population.size(); ++i) {
        auto& customer = population.at(i);
        auto* rest = customer.rest.find();
        if (rest == nullptr) continue;
        const auto found = derived.find(customer.id);
        for (auto& [id, enrolment] : rest->enrolments) {
            const Enrolment* anew = nullptr;
            if (found && derived.at(*found).rest->enrolments.contains(id)) {
                anew = &derived.at(*found).rest->enrolments.at(id);
            }
            enrolment = carried_over(enrolment, before.at(id), forms_.at(id), anew);
            if (const auto index = rules::index_of(book.definitions.pilots, id)) tally(*index, enrolment, true);
        }
    }
    for (std::size_t i = 0; i < states_.size(); ++i) {
        const auto& counts = states_[i].enrolled(0);
        if (std::ranges::count(counts, 0) == std::ssize(counts)) {
            forms_[book.definitions.pilots[i].id].weights_changed = false;
        }
    }
}

void Pilots::enrol_where_eligible(const Population& population, Customer& customer, Timestamp at) {
    if (customer.rest->suppressed) return;
    const auto& book = population.book();
    for (std::size_t i = 0; i < states_.size(); ++i) {
        const auto& pilot = book.definitions.pilots[i];
        if (pilot.assignment != AssignmentRule::hashed || !is_open(pilot, at) || paused_.contains(pilot.id)) continue;
        if (!pilot.segment.empty() && !is_member(book, customer, pilot.segment.id)) continue;
        if (customer.rest->enrolments.contains(pilot.id) || layer_is_taken(book, customer, pilot, at)) continue;
        if (!may_be_treated(population, customer, book.pilots[i])) continue;
        if (const auto arm = experiments::arm_of(pilot, customer.id)) enrol(book, i, customer, *arm, at);
    }
}

bool Pilots::enrol_imported(const Rulebook& book, Customer& customer, const AssignmentRecord& assignment,
                            Timestamp at) {
    const auto index = rules::index_of(book.definitions.pilots, assignment.pilot);
    if (!index || customer.rest->enrolments.contains(assignment.pilot)) return false;
    const auto& arms = book.definitions.pilots[*index].arms;
    const auto arm = std::ranges::find(arms, assignment.arm, &rules::ArmDefinition::name);
    if (arm == arms.end()) return false;
    enrol(book, *index, customer, static_cast<std::size_t>(arm - arms.begin()), at);
    return true;
}

void Pilots::enrol(const Rulebook& book, std::size_t index, Customer& customer, std::size_t arm, Timestamp at) {
    const auto& pilot = book.definitions.pilots[index];
    Enrolment enrolment;
    enrolment.at = at;
    enrolment.arm = arm;
    enrolment.outcomes.resize(book.pilots[index].metrics.size());
    for (const auto& segment : pilot.report_by) enrolment.reported.push_back(is_member(book, customer, segment.id));
    tally(index, enrolment, true);
    customer.rest.make().enrolments.try_emplace(pilot.id, std::move(enrolment));
}

void Pilots::recall(const Rulebook& book, Customer& customer, Timestamp occurred_at, const std::vector<bool>& entered) {
    auto* rest = customer.rest.find();
    if (rest == nullptr) return;
    for (auto& [id, enrolment] : rest->enrolments) {
        const auto index = rules::index_of(book.definitions.pilots, id);
        if (!index || occurred_at > enrolment.at) continue;
        const auto& pilot = book.definitions.pilots[*index];
        if (pilot.assignment != AssignmentRule::imported) continue;
        bool is_complete = true;
        tally(*index, enrolment, false);
        for (std::size_t group = 0; group < pilot.report_by.size(); ++group) {
            const auto segment = *rules::index_of(book.definitions.segments, pilot.report_by[group].id);
            const bool is_known = book.segments[segment].reads_profile_alone;
            if (is_known) enrolment.reported[group] = entered[segment];
            is_complete = is_complete && is_known;
        }
        tally(*index, enrolment, true);
        if (!is_complete) ++unrecalled_[id];
    }
}

std::int64_t Pilots::unrecalled(const PilotId& pilot) const {
    const auto found = unrecalled_.find(pilot);
    return found == unrecalled_.end() ? 0 : found->second;
}

void Pilots::observe(const Rulebook& book, Customer& customer, const SignalRecord& signal, Timestamp occurred_at) {
    for (const auto& change : add_outcomes(book, customer, signal, occurred_at)) {
        const auto& enrolment = customer.rest->enrolments.at(book.definitions.pilots[change.pilot].id);
        const auto& outcome = enrolment.outcomes[change.metric];
        if (!outcome.counted) continue;
        count(change.pilot, enrolment, change.metric, change.units_before, false);
        count(change.pilot, enrolment, change.metric, outcome.units, true);
    }
}

std::vector<Pilots::OutcomeChange> Pilots::add_outcomes(const Rulebook& book, Customer& customer,
                                                        const SignalRecord& signal, Timestamp occurred_at) {
    std::vector<OutcomeChange> changes;
    auto* rest = customer.rest.find();
    if (rest == nullptr) return changes;
    for (auto& [id, enrolment] : rest->enrolments) {
        const auto index = rules::index_of(book.definitions.pilots, id);
        if (!index || occurred_at <= enrolment.at) continue;
        const auto& metrics = book.pilots[*index].metrics;
        for (std::size_t m = 0; m < metrics.size(); ++m) {
            const auto& metric = book.definitions.metrics[metrics[m]];
            if (occurred_at > enrolment.at + metric.window) continue;
            const auto added = units_added(book, metrics[m], signal);
            if (!added) continue;
            auto& units = enrolment.outcomes[m].units;
            changes.push_back({*index, m, units});
            units = units_after(metric, units, *added);
        }
    }
    return changes;
}

void Pilots::mature(const Rulebook& book, Customer& customer, Timestamp now) {
    auto* rest = customer.rest.find();
    if (rest == nullptr) return;
    for (auto& [id, enrolment] : rest->enrolments) {
        const auto index = rules::index_of(book.definitions.pilots, id);
        if (!index) continue;
        const auto& metrics = book.pilots[*index].metrics;
        for (std::size_t m = 0; m < metrics.size(); ++m) {
            auto& outcome = enrolment.outcomes[m];
            if (outcome.counted || now < enrolment.at + book.definitions.metrics[metrics[m]].window) continue;
            outcome.counted = true;
            count(*index, enrolment, m, outcome.units, true);
        }
    }
}

Timestamp Pilots::next_maturity(const Rulebook& book, const Customer& customer, Timestamp now) {
    Timestamp next = never;
    for (const auto& [id, enrolment] : customer.rest->enrolments) {
        const auto index = rules::index_of(book.definitions.pilots, id);
        if (!index) continue;
        const auto& metrics = book.pilots[*index].metrics;
        for (std::size_t m = 0; m < metrics.size(); ++m) {
            const auto due = enrolment.at + book.definitions.metrics[metrics[m]].window;
            if (!enrolment.outcomes[m].counted && due > now) next = std::min<Timestamp>(next, due);
        }
    }
    return next;
}

Timestamp Pilots::next_opening(const Rulebook& book, Timestamp now) {
    Timestamp next = never;
    for (const auto& pilot : book.definitions.pilots) {
        if (pilot.assignment == AssignmentRule::hashed && pilot.enrol_from > now)
            next = std::min(next, pilot.enrol_from);
    }
    return next;
}

std::pair<PilotId, const rules::ArmDefinition*> Pilots::arm_in_segment(const Rulebook& book, const Customer& customer,
                                                                       const SegmentId& segment, Timestamp at) {
    for (const auto& [id, enrolment] : customer.rest->enrolments) {
        const auto* pilot = rules::find(book.definitions.pilots, id);
        if (pilot == nullptr || pilot->segment.id != segment) continue;
        if (pilot->observe_until && at >= *pilot->observe_until) continue;
        return {id, arm_of(*pilot, enrolment)};
    }
    return {};
}

const rules::ArmDefinition* Pilots::arm_of(const PilotDefinition& pilot, const Enrolment& enrolment) {
    return enrolment.arm < pilot.arms.size() ? &pilot.arms[enrolment.arm] : nullptr;
}

void Pilots::tally(std::size_t pilot, const Enrolment& enrolment, bool add) {
    for (std::size_t group = 0; group <= enrolment.reported.size(); ++group) {
        if (group > 0 && !enrolment.reported[group - 1]) continue;
        states_[pilot].enrolled(group, enrolment.arm) += add ? 1 : -1;
    }
    for (std::size_t metric = 0; metric < enrolment.outcomes.size(); ++metric) {
        const auto& outcome = enrolment.outcomes[metric];
        if (outcome.counted) count(pilot, enrolment, metric, outcome.units, add);
    }
}

void Pilots::count(std::size_t pilot, const Enrolment& enrolment, std::size_t metric, std::int64_t units, bool add) {
    for (std::size_t group = 0; group <= enrolment.reported.size(); ++group) {
        if (group > 0 && !enrolment.reported[group - 1]) continue;
        auto& cell = states_[pilot].cell(group, enrolment.arm, metric);
        [[maybe_unused]] const bool done = add ? cell.add(units) : cell.remove(units);
        assert(done && "the squares of millions of outcomes within 52 bits fit into 128");
    }
}

void Pilots::append_canonical(std::string& bytes) const {
    for (const auto& [id, form] : forms_) {
        bytes += id.text + (form.weights_changed ? " weights changed\n" : "\n");
        for (const auto& arm : form.arms) bytes += arm + ' ';
        for (const auto& segment : form.groups) bytes += segment.text + ' ';
        for (const auto& metric : form.metrics) bytes += metric.id.text + ' ' + metric.meaning;
    }
    for (const auto& [id, records] : unrecalled_) bytes += id.text + ' ' + std::to_string(records) + '\n';
    for (const auto& state : states_) state.append_canonical(bytes);
}

const char* pilot_phase(const PilotDefinition& pilot, Timestamp now) {
    if (pilot.observe_until && now >= *pilot.observe_until) return "ended";
    if (now < pilot.enrol_from) return "planned";
    return now < pilot.enrol_until && pilot.assignment == AssignmentRule::hashed ? "enrolling" : "observing";
}

}  // namespace segmentd::daemon
