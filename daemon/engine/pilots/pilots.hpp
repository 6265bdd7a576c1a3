// The pilots' part of the state: enrolment at entry, outcomes within their windows, maturity.
//
// A customer is enrolled when they enter the pilot's segment while enrolment is open (members of
// that moment are enrolled when it opens), at most one pilot a layer at a time, and keeps the arm
// for ever, whatever the definitions and their weights say later; an arm that leaves the definitions
// keeps its customers and treats them no more. An outcome counts where enrolled < occurred_at <=
// enrolled + window; it stands in the sums from the instant the window has passed for that customer.
//
// Nobody is enrolled who is suppressed or lacks consent for the pilot's purpose (Rulebook says which
// that is). Who withdraws it later stays in the sums: taking them out would favour an arm. An
// assignment that somebody else made is taken as it is.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "daemon/engine/pilots/pilot_form.hpp"
#include "daemon/engine/population/population.hpp"
#include "experiments/pilots/findings.hpp"
#include "experiments/pilots/pilot_state.hpp"

namespace segmentd::daemon {

class Pilots {
  public:
    // What new definitions have to find in the past signals, for a customer as enrolled now: the same
    // enrolments in the form that the pilots would have, without outcomes and groups.
    Enrolments blank_enrolments(const rules::Rulebook& book, const Customer& customer) const;

    // The groups of a pilot whose members at enrolment have to be found in the past, too.
    std::vector<std::size_t> unknown_groups(const rules::Rulebook& book, std::size_t pilot) const;

    // Takes over the definitions: every enrolment stays, and the sums are made anew from them. The
    // customers of `derived` have the blank enrolments, filled from the past.
    void use(const rules::Rulebook& book, Population& population, const Population& derived);

    // Enrols the customer wherever they are eligible at this instant and not enrolled yet.
    void enrol_where_eligible(const Population& population, Customer& customer, Timestamp at);

    // Enrols into an arm that somebody else's randomisation chose. False where the pilot or the arm
    // is unknown or the customer already is in an arm.
    bool enrol_imported(const rules::Rulebook& book, Customer& customer, const AssignmentRecord& assignment,
                        Timestamp at);

    // A record dated `occurred_at` came later than an assignment that somebody else made. Where it is
    // dated before, it belongs to what the customer was at enrolment: groups whose segment reads
    // nothing but the profile take the answer from `entered` (by segment); the others cannot, and the
    // pilot counts that it happened.
    void recall(const rules::Rulebook& book, Customer& customer, Timestamp occurred_at,
                const std::vector<bool>& entered);

    // Records of recall() that some group could not take in.
    std::int64_t unrecalled(const PilotId& pilot) const;

    // Adds the outcome of a signal to the enrolments whose windows hold it.
    void observe(const rules::Rulebook& book, Customer& customer, const SignalRecord& signal, Timestamp occurred_at);

    // An outcome that a signal added to, and what it was before.
    struct OutcomeChange {
        std::size_t pilot = 0;
        std::size_t metric = 0;
        std::int64_t units_before = 0;
    };

    // The same for the outcomes alone, not for the sums.
    static std::vector<OutcomeChange> add_outcomes(const rules::Rulebook& book, Customer& customer,
                                                   const SignalRecord& signal, Timestamp occurred_at);

    // Moves the outcomes whose window has passed into the sums.
    void mature(const rules::Rulebook& book, Customer& customer, Timestamp now);

    // The next instant at which an outcome of the customer matures, or `never`.
    static Timestamp next_maturity(const rules::Rulebook& book, const Customer& customer, Timestamp now);

    // The next instant after `now` at which some pilot opens its enrolment, or `never`.
    static Timestamp next_opening(const rules::Rulebook& book, Timestamp now);

    // The next instant after `now` at which a verdict of some pilot is due, or `never`; and the verdicts that are
    // due at an instant.
    static Timestamp next_verdict(const rules::Rulebook& book, Timestamp now);
    static std::vector<std::pair<std::size_t, PilotVerdict>> verdicts_at(const rules::Rulebook& book, Timestamp at);

    // What the pilot found so far.
    std::vector<experiments::Finding> findings(const rules::Rulebook& book, std::size_t pilot) const;

    // A paused pilot enrols nobody.
    void pause(const PilotId& pilot, bool paused);

    // The pilot of the segment that looks at the customer at this instant, with their arm; null where
    // there is none. After observe_until the segment is treated by its own playbook again.
    static std::pair<PilotId, const rules::ArmDefinition*> arm_in_segment(const rules::Rulebook& book,
                                                                          const Customer& customer,
                                                                          const SegmentId& segment, Timestamp at);

    // The arm as it is defined; null where it left the definitions.
    static const rules::ArmDefinition* arm_of(const rules::PilotDefinition& pilot, const Enrolment& enrolment);

    // The names behind an enrolment's numbers. The pilot is or was defined.
    const PilotForm& form(const PilotId& pilot) const { return forms_.at(pilot); }

    const std::vector<experiments::PilotState>& states() const { return states_; }
    void append_canonical(std::string& bytes) const;

  private:
    void enrol(const rules::Rulebook& book, std::size_t pilot, Customer& customer, std::size_t arm, Timestamp at);
    void tally(std::size_t pilot, const Enrolment& enrolment, bool add);
    void count(std::size_t pilot, const Enrolment& enrolment, std::size_t metric, std::int64_t units, bool add);

    std::vector<experiments::PilotState> states_;  // as in the definitions
    std::map<PilotId, PilotForm> forms_;           // also of pilots that are not defined any more
    std::map<PilotId, std::int64_t> unrecalled_;
    std::set<PilotId> paused_;
};

// The state word that people read: "planned", "enrolling", "observing" or "ended".
const char* pilot_phase(const rules::PilotDefinition& pilot, Timestamp now);

}  // namespace segmentd::daemon
