// The part of a plan that is about segments and their members.
#pragma once

#include <boost/json/fwd.hpp>
#include <set>

#include "daemon/planning/plan.hpp"

namespace segmentd::daemon {

// Both moments side by side.
struct Comparison {
    const PlanStart& start;
    const Engine& engine;
    Census after;
    std::set<SegmentId> segments;  // whose definition or members change

    const CustomerSet& members_before(const SegmentId& segment) const;
    const CustomerSet& members_after(const SegmentId& segment) const;
};

// `changed` are the segments whose definitions differ.
Comparison compare(const PlanStart& start, const Engine& engine, const std::set<SegmentId>& changed);

boost::json::array segment_rows(const Comparison& comparison);
boost::json::array migration_rows(const Comparison& comparison);
boost::json::array overlap_rows(const Comparison& comparison);

}  // namespace segmentd::daemon
