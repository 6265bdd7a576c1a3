#include "daemon/engine/pilots/pilots.hpp"

#include <algorithm>
#include <cassert>
#include <map>

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
    return index && customer.memberships[*index].has_value();
}

// A layer holds a customer while a pilot of it still looks at them.
bool layer_is_taken(const Rulebook& book, const Customer& customer, const PilotDefinition& pilot, Timestamp at) {
    return std::ranges::any_of(customer.enrolments, [&](const auto& entry) {
        const auto* other = rules::find(book.definitions.pilots, entry.first);
        return other != nullptr && !pilot.layer.empty() && other->layer == pilot.layer &&
               (!other->observe_until || at < *other->observe_until);
    });
}

}  // namespace

void Pilots::use(const Rulebook& book, Population& population) {
    std::map<PilotId, experiments::PilotState> old;
    for (std::size_t i = 0; i < ids_.size(); ++i) old.emplace(ids_[i], std::move(states_[i]));
    states_.clear();
    ids_.clear();
    for (const auto& pilot : book.definitions.pilots) {
        const auto known = old.find(pilot.id);
        experiments::PilotState fresh(pilot.report_by.size() + 1, pilot.arms.size(),
                                      experiments::metrics_of(pilot).size());
        const bool goes_on = known != old.end() && known->second.has_form_of(fresh);
        states_.push_back(goes_on ? std::move(known->second) : std::move(fresh));
        ids_.push_back(pilot.id);
        if (goes_on) continue;
        for (std::size_t i = 0; i < population.size(); ++i) population.at(i).enrolments.erase(pilot.id);
    }
}

void Pilots::enrol_where_eligible(const Rulebook& book, Customer& customer, Timestamp at) {
    for (std::size_t i = 0; i < states_.size(); ++i) {
        const auto& pilot = book.definitions.pilots[i];
        if (pilot.assignment != AssignmentRule::hashed || !is_open(pilot, at)) continue;
        if (!pilot.segment.empty() && !is_member(book, customer, pilot.segment.id)) continue;
        if (customer.enrolments.contains(pilot.id) || layer_is_taken(book, customer, pilot, at)) continue;
        if (const auto arm = experiments::arm_of(pilot, customer.id)) enrol(book, i, customer, *arm, at);
    }
}

bool Pilots::enrol_imported(const Rulebook& book, Customer& customer, const AssignmentRecord& assignment,
                            Timestamp at) {
    const auto index = rules::index_of(book.definitions.pilots, assignment.pilot);
    if (!index || customer.enrolments.contains(assignment.pilot)) return false;
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
    enrolment.outcomes.resize(experiments::metrics_of(pilot).size());
    ++states_[index].enrolled(0, arm);
    for (std::size_t group = 0; group < pilot.report_by.size(); ++group) {
        enrolment.reported.push_back(is_member(book, customer, pilot.report_by[group].id));
        if (enrolment.reported.back()) ++states_[index].enrolled(group + 1, arm);
    }
    customer.enrolments.emplace(pilot.id, std::move(enrolment));
}

void Pilots::observe(const Rulebook& book, Customer& customer, const SignalRecord& signal, Timestamp occurred_at) {
    for (auto& [id, enrolment] : customer.enrolments) {
        const auto index = rules::index_of(book.definitions.pilots, id);
        if (!index || occurred_at <= enrolment.at) continue;
        const auto metrics = experiments::metrics_of(book.definitions.pilots[*index]);
        for (std::size_t m = 0; m < metrics.size(); ++m) {
            const auto metric_index = *rules::index_of(book.definitions.metrics, metrics[m]);
            const auto& metric = book.definitions.metrics[metric_index];
            if (occurred_at > enrolment.at + metric.window) continue;
            const auto added = units_added(book, metric_index, signal);
            if (!added) continue;
            auto& outcome = enrolment.outcomes[m];
            const auto units = units_after(metric, outcome.units, *added);
            if (outcome.counted) {
                count(*index, enrolment, m, outcome.units, false);
                count(*index, enrolment, m, units, true);
            }
            outcome.units = units;
        }
    }
}

void Pilots::mature(const Rulebook& book, Customer& customer, Timestamp now) {
    for (auto& [id, enrolment] : customer.enrolments) {
        const auto index = rules::index_of(book.definitions.pilots, id);
        if (!index) continue;
        const auto metrics = experiments::metrics_of(book.definitions.pilots[*index]);
        for (std::size_t m = 0; m < metrics.size(); ++m) {
            const auto* metric = rules::find(book.definitions.metrics, metrics[m]);
            auto& outcome = enrolment.outcomes[m];
            if (outcome.counted || now < enrolment.at + metric->window) continue;
            outcome.counted = true;
            count(*index, enrolment, m, outcome.units, true);
        }
    }
}

Timestamp Pilots::next_maturity(const Rulebook& book, const Customer& customer, Timestamp now) {
    Timestamp next = never;
    for (const auto& [id, enrolment] : customer.enrolments) {
        const auto* pilot = rules::find(book.definitions.pilots, id);
        if (pilot == nullptr) continue;
        const auto metrics = experiments::metrics_of(*pilot);
        for (std::size_t m = 0; m < metrics.size(); ++m) {
            const auto due = enrolment.at + rules::find(book.definitions.metrics, metrics[m])->window;
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
    for (const auto& [id, enrolment] : customer.enrolments) {
        const auto* pilot = rules::find(book.definitions.pilots, id);
        if (pilot == nullptr || pilot->segment.id != segment) continue;
        if (pilot->observe_until && at >= *pilot->observe_until) continue;
        return {id, &pilot->arms[enrolment.arm]};
    }
    return {};
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
    for (std::size_t i = 0; i < states_.size(); ++i) {
        bytes += ids_[i].text + '\n';
        states_[i].append_canonical(bytes);
    }
}

const char* pilot_phase(const PilotDefinition& pilot, Timestamp now) {
    if (pilot.observe_until && now >= *pilot.observe_until) return "ended";
    if (now < pilot.enrol_from) return "planned";
    return now < pilot.enrol_until && pilot.assignment == AssignmentRule::hashed ? "enrolling" : "observing";
}

}  // namespace segmentd::daemon
