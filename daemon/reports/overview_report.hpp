// What stands on the page: the whole workspace at a glance, in two parts. The engine knows the present, the store
// the past; neither is asked longer than a glance may cost.
#pragma once

#include <boost/json/fwd.hpp>
#include <vector>

#include "base/ledger.hpp"
#include "daemon/engine/engine.hpp"

namespace segmentd::daemon {

// {"company","workspace","definitions","engine_time","records","customers","segments","pilots","reviews","endpoints",
// "pauses"}; of the reviews only those that nobody decided, the next deadline first.
boost::json::object overview_report(const Engine& engine, Timestamp now);

// {"counts","newest"} of the lines of the ledger about events, oldest first: [{"decision","reason","count"}], the most
// frequent first, and the newest decisions as touches_report() has them, the newest first.
boost::json::object decisions_report(const std::vector<LedgerEntry>& lines, std::size_t newest);

}  // namespace segmentd::daemon
