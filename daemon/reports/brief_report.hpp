// The living playbook of one segment: what people need to know before they speak to its members.
#pragma once

#include <boost/json/fwd.hpp>
#include <vector>

#include "base/ledger.hpp"
#include "daemon/engine/engine.hpp"

namespace segmentd::daemon {

// {"segment","title","company","definitions","as_of","why","values","jobs_to_be_done","pain_points","conditions","figures","playbooks","success",
// "validation","pilots","learnings","reviews","governance"}. "validation" is the newest one or null. The playbooks are
// the segment's own and those of arms of its pilots; the findings of a pilot are those for this segment. not_found
// where there is no such segment.
Result<boost::json::object> brief_report(const Engine& engine, const SegmentId& segment);

// Puts {"send","shadow","refused"} as "decisions" to every touch of the playbooks: how often it was decided for a
// member of this segment, tests left out. Lines of the ledger about events, oldest first; "decisions_since" is the time
// of the first line where the caller read only the newest ones, else null.
void add_decisions(boost::json::object& brief, const std::vector<LedgerEntry>& lines, bool are_all);

// Puts the newest week whose outcomes are in as "last_week" to every success metric:
// {"week","members","value","state"}, null where there is none. `track` is what track_report() made of the segment; it
// walks through the past and is too slow for the engine of a running daemon, which leaves "last_week" null.
void add_success(boost::json::object& brief, const boost::json::value& track);

// All of it at the engine time: the brief with decisions and success. `lines` are all of the ledger about events.
Result<boost::json::object> whole_brief(const Engine& engine, const SegmentId& segment, const PastRecords& past,
                                        const std::vector<LedgerEntry>& lines);

}  // namespace segmentd::daemon
