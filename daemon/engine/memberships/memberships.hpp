// Decides who is in which segment.
//
// A customer enters where every line of `enter` is true and nothing would put them out again: no line of
// `stay` is false and none of leave_at_once is true. A member stays while every line of `stay`
// is true; a line that turns false ends the membership, but not before minimum_stay has passed
// unless a line of leave_at_once is true or it is consent that is wanting. An unknown input never lets anybody in
// (missing: exclude), except where the segment says missing: include; it never throws a member out: the membership is
// kept and marked unknown.
#pragma once

#include <vector>

#include "daemon/engine/effects.hpp"
#include "daemon/engine/population/population.hpp"
#include "rules/expression/program.hpp"

namespace segmentd::daemon {

// What led to the decision, for the membership's reason.
struct Cause {
    std::string text;
    Timestamp at{};
    bool quiet = false;  // import, refit, new definitions, catch-up: nobody is contacted for it
};

// Decides every segment in dependency order, writes the memberships into the customer and into
// the row, and returns the changes.
std::vector<MembershipChange> decide_memberships(const Population& population, Customer& customer, Row& row,
                                                 const Cause& cause);

// The first instant after `now` at which minimum_stay alone changes a decision, or `never`.
Timestamp next_stay_end(const Population& population, const Customer& customer, Timestamp now);

// Would the customer be in the segment if they were met for the first time? For questions about
// the past, where only `enter` counts. Fills the row's segment slots.
std::vector<bool> entered_segments(const Population& population, Row& row);

using rules::expression::Truth;

// All of a list: yes where all are true, no where one is false, otherwise unknown. Empty is yes.
Truth all_hold(const rules::Programs& conditions, const Row& row);

// "feature.orders_90d": what conditions call a slot of the row.
std::string name_of_slot(const rules::Rulebook& book, std::size_t slot);

// The inputs that the segment's `enter` and `stay` read, as a JSON object: {"score.alive":0.81}; null
// where an input is not known.
std::string inputs_of(const Population& population, std::size_t segment, const Row& row);

}  // namespace segmentd::daemon
