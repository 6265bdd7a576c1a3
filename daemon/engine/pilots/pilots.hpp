// The pilots' part of the state: enrolment at entry, outcomes within their windows, maturity.
//
// A customer is enrolled when they enter the pilot's segment while enrolment is open (members of
// that moment are enrolled when it opens), at most one pilot a layer at a time, and keeps the arm
// for ever. An outcome counts where enrolled < occurred_at <= enrolled + window; it stands in the
// sums from the instant the window has passed for that customer.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "daemon/engine/population/population.hpp"
#include "experiments/pilots/pilot_state.hpp"

namespace segmentd::daemon {

class Pilots {
  public:
    // Takes over the definitions. A pilot whose groups, arms and metrics are as many as before keeps
    // its enrolments and sums; any other pilot of that name starts anew.
    void use(const rules::Rulebook& book, Population& population);

    // Enrols the customer wherever they are eligible at this instant and not enrolled yet.
    void enrol_where_eligible(const rules::Rulebook& book, Customer& customer, Timestamp at);

    // Enrols into an arm that somebody else's randomisation chose. False where the pilot or the arm
    // is unknown or the customer already is in an arm.
    bool enrol_imported(const rules::Rulebook& book, Customer& customer, const AssignmentRecord& assignment,
                        Timestamp at);

    // Adds the outcome of a signal to the enrolments whose windows hold it.
    void observe(const rules::Rulebook& book, Customer& customer, const SignalRecord& signal, Timestamp occurred_at);

    // Moves the outcomes whose window has passed into the sums.
    void mature(const rules::Rulebook& book, Customer& customer, Timestamp now);

    // The next instant at which an outcome of the customer matures, or `never`.
    static Timestamp next_maturity(const rules::Rulebook& book, const Customer& customer, Timestamp now);

    // The next instant after `now` at which some pilot opens its enrolment, or `never`.
    static Timestamp next_opening(const rules::Rulebook& book, Timestamp now);

    // The pilot of the segment that looks at the customer at this instant, with their arm; null where
    // there is none. After observe_until the segment is treated by its own playbook again.
    static std::pair<PilotId, const rules::ArmDefinition*> arm_in_segment(const rules::Rulebook& book,
                                                                          const Customer& customer,
                                                                          const SegmentId& segment, Timestamp at);

    const std::vector<experiments::PilotState>& states() const { return states_; }
    void append_canonical(std::string& bytes) const;

  private:
    void enrol(const rules::Rulebook& book, std::size_t pilot, Customer& customer, std::size_t arm, Timestamp at);
    void count(std::size_t pilot, const Enrolment& enrolment, std::size_t metric, std::int64_t units, bool add);

    std::vector<experiments::PilotState> states_;  // as in the definitions
    std::vector<PilotId> ids_;
};

// The state word that people read: "planned", "enrolling", "observing" or "ended".
const char* pilot_phase(const rules::PilotDefinition& pilot, Timestamp now);

}  // namespace segmentd::daemon
