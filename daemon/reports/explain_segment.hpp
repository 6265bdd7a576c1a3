// Why one customer is in one segment, or not, and what would change that.
#pragma once

#include <boost/json/fwd.hpp>

#include "daemon/engine/engine.hpp"

namespace segmentd::daemon {

// {"customer","segment","at","member","since","cause","values_then","version","unknown","definition_version","models",
// "conditions","applied","segment_version","family","kept_out_by","errors","values","next_change","smallest_change"};
// the three after segment_version are those of segment_standing().
//
// The engine stands at the instant in question. "applied" is who put the definitions in force: {"by","at","reason"}.
// "conditions" are the lines that decide: `stay` and `leave_at_once` of a member, `enter`, `stay` and `leave_at_once`
// of everybody else, and under `family` that none of its segments that come first has the customer:
// [{"key","condition","result","parts"}]; "parts" are the pieces of the expression with what each came to:
// [{"text","value"}], null where there was none. "next_change" is what time alone brings about first,
// {"at","in","becomes":"member"|"not_member"}, null where nothing within two years does. "smallest_change" is the input
// nearest, in proportion to its size, to a value that turns the answer, {"input","from","to"}, also one of a segment
// that this one reads or that comes before it in the family; null where no single input does. Errors: not_found for a
// customer without records and for an unknown segment.
Result<boost::json::object> explain_segment_report(const Engine& engine, const CustomerId& customer,
                                                   const SegmentId& segment);

}  // namespace segmentd::daemon
