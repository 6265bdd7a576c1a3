// The part of a plan that is about segments of accounts.
#pragma once

#include <boost/json/fwd.hpp>

#include "daemon/planning/plan.hpp"

namespace segmentd::daemon {

// Those whose definition or members change: [{"segment","change","enter","leave","stay","size_before","size_after"}].
boost::json::array account_segment_rows(const PlanStart& start, const Engine& engine);

}  // namespace segmentd::daemon
