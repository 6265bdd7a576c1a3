// What the places in a pilot's enrolments and sums stand for.
//
// Enrolments hold small numbers, not names. They are right only beside the form that gave them; when
// the definitions change, everything is carried from the old form to the new one by name.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/engine/population/customer.hpp"
#include "rules/rulebook/rulebook.hpp"

namespace segmentd::daemon {

// A metric with all that its outcomes depend on: signal and contract, compute, value, where, window.
struct MetricForm {
    MetricId id;
    std::string meaning;
    bool operator==(const MetricForm&) const = default;
};

struct PilotForm {
    std::vector<std::string> arms;  // as defined; behind them the arms that left, which keep their customers
    std::vector<double> weights;    // of the arms that are defined
    std::vector<SegmentId> groups;  // the segments it reports by
    std::vector<MetricForm> metrics;
    bool weights_changed = false;  // while customers were enrolled: no share says what to expect of the arms
};

// The form of a defined pilot that had the form `before` (empty where it is new).
PilotForm form_of(const rules::Rulebook& book, std::size_t pilot, const PilotForm& before);

// The form of a pilot that is not defined any more: its arms and groups are remembered, its outcomes
// are not.
PilotForm form_without_definition(const PilotForm& before);

// The groups that the old form did not report by.
std::vector<std::size_t> new_groups(const PilotForm& form, const PilotForm& before);

// An enrolment in the places of the new form. What the old one did not have comes from `derived`,
// which has the new form's places, and is nothing where that is null: the outcomes of metrics that
// are new or mean something else, and who belongs to a new group.
Enrolment carried_over(const Enrolment& enrolment, const PilotForm& before, const PilotForm& form,
                       const Enrolment* derived);

}  // namespace segmentd::daemon
