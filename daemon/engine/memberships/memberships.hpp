// Decides who is in which segment.
//
// A customer enters where every line of `enter` is true and nothing would put them out again: no line of
// `stay` is false and none of leave_at_once is true. A member stays while every line of `stay`
// is true; a line that turns false ends the membership, but not before minimum_stay has passed
// unless a line of leave_at_once is true or it is consent that is wanting. An unknown input never lets anybody in
// (missing: exclude), except where the segment says missing: include; it never throws a member out: the membership is
// kept and marked unknown. missing: error keeps out as exclude does, and lists whom it keeps out, and marked members,
// as undecided (Customer::undecided) for as long as it lasts. Only an input on which the answer hangs counts: where
// another line is false, or another side of || true, the customer is decided.
//
// Of a family (rules/definitions/families.hpp) a customer is in one segment at most. Its segments are decided in the
// order of priority: whoever a higher one has neither enters a lower one nor stays in it, whatever minimum_stay says.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
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

// Places in the rulebook's segment_order, ascending.
using SegmentPlaces = std::span<const std::uint32_t>;

// Decides every segment in dependency order, writes the memberships into the customer and into
// the row, and returns the changes. A move within a family is a leave and then an entry at one instant, each with
// the family and the other segment in its cause: "signal purchase; family tiers: from silver".
std::vector<MembershipChange> decide_memberships(const Population& population, Customer& customer, Row& row,
                                                 const Cause& cause);

// The same of these segments alone; of the row only their inputs are read.
std::vector<MembershipChange> decide_memberships(const Population& population, Customer& customer, Row& row,
                                                 const Cause& cause, SegmentPlaces places);

// Who is in a segment that the next definitions do not have leaves it with them. Writes nothing into the customers.
std::vector<MembershipChange> leave_what_goes(const Population& population, const rules::Rulebook& next,
                                              const Cause& cause);

// Writes into the segment slots of the row who the customer is in.
void fill_memberships(const Population& population, const Customer& customer, Row& row);

// The row of a customer at an instant, memberships included. Looking changes nothing.
Row row_with_memberships(const Population& population, std::size_t customer, Timestamp now);

// The first instant after `now` at which minimum_stay alone changes a decision, or `never`.
Timestamp next_stay_end(const Population& population, const Customer& customer, Timestamp now);

// Would the customer be in the segment if they were met for the first time? For questions about
// the past, where only `enter` counts. Fills the row's segment slots.
std::vector<bool> entered_segments(const Population& population, Row& row);

// The segment of the same family, before this one in the order, that has the customer; nothing where none does.
std::optional<std::size_t> first_before(const rules::Rulebook& book, std::size_t segment, const Row& row);

// The same where nothing else keeps the customer out: without the family they would enter.
std::optional<std::size_t> kept_out_by(const rules::Rulebook& book, std::size_t segment, const Row& row);

using rules::expression::Truth;

// All of a list: yes where all are true, no where one is false, otherwise unknown. Empty is yes.
Truth all_hold(const rules::Programs& conditions, const Row& row);

// A line of a condition that is neither true nor false, with the inputs it reads that are not known. None of them: the
// line cannot be computed from the values it has.
struct UndecidedLine {
    std::string condition;
    std::vector<std::string> unknown_inputs;
};

// The undecided lines of a condition.
std::vector<UndecidedLine> undecided_lines(const rules::Rulebook& book, const rules::Programs& condition,
                                           const Row& row);

// The inputs that the segment's `enter` and `stay` read, as a JSON object: {"score.alive":0.81}; null
// where an input is not known.
std::string inputs_of(const Population& population, std::size_t segment, const Row& row);

}  // namespace segmentd::daemon
