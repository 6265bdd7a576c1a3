// How a customer stands to a segment beside the truth of its lines: its family, and what cannot be decided.
#pragma once

#include <boost/json/fwd.hpp>

#include "daemon/engine/population/population.hpp"

namespace segmentd::daemon {

// {"family","kept_out_by","errors"}. family is empty for a segment of none; kept_out_by is the segment of the family
// that has the customer where it is this alone that keeps them out, or null. errors are the lines that a segment with
// missing: error could not decide, [{"condition","unknown":["profile.plan"]}]; without unknown inputs the line cannot
// be computed from its values. The row holds the memberships.
boost::json::object segment_standing(const Population& population, const Customer& customer, std::size_t segment,
                                     const Row& row);

}  // namespace segmentd::daemon
