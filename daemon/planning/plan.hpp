// What new definitions would do to customers, before they are applied.
//
// A plan compares the definitions in force with others on the live state: the engine is asked before and after the
// others were applied to it, so a plan is what the apply will do, to the customer. It has a name of its own, made from
// all that it says; who applies it names it, and a plan whose impact has moved in the meantime is refused.
#pragma once

#include <boost/json/fwd.hpp>
#include <map>
#include <string>

#include "daemon/engine/engine.hpp"
#include "daemon/planning/census.hpp"

namespace segmentd::daemon {

using WorkspaceFiles = std::map<std::string, std::string>;

// The state before the new definitions. An engine that never had any has an empty one.
struct PlanStart {
    std::shared_ptr<const rules::Rulebook> book;  // null where there were no definitions
    WorkspaceFiles files;
    Census census;
    Census accounts;
};

// The name of a plan whose text this is without it.
std::string name_of_plan(std::string_view text);

PlanStart begin_plan(const Engine& engine, WorkspaceFiles files);

struct PlanEnd {
    const Engine& engine;  // the new definitions are in force
    const WorkspaceFiles& files;
    const Effects& effects;  // of the record that brought them
};

// {"plan","from","to","at","customers","changes","segments","account_segments","migration","overlap",
// "pilots_contaminated","features_to_backfill","touches","warnings","diff"}.
//
// "changes": [{"kind","name","change","file","meaning","fields":[{"field","from","to"}]}]; meaning is of a changed
// segment's conditions: "same", "wider", "narrower" or "open".
// "segments": those whose definition or members change: [{"segment","change","enter","leave","stay","size_before",
// "size_after","revenue_touched","expected_value_touched","jaccard","borderline_share","expected_churn_per_week"}].
// revenue and expected value are sums over those who enter or leave, null where the workspace does not say what they
// are. jaccard is of the members before and after, null where there were none. borderline_share is the share of the
// members after whose answer flips when one number that `enter` reads is 5 % (of whole numbers at least 1) off.
// expected_churn_per_week is the share of the members after whom time alone would put out within seven days.
// "account_segments": the same of segments of accounts: [{"segment","change","enter","leave","stay","size_before",
// "size_after"}].
// "migration": [{"from","to","customers"}] over everybody who moves: from one segment of a family to another; and of
// what else somebody leaves and enters each pair, null standing for none.
// "overlap": [{"segment","with","customers"}] after, of the segments that change.
// "pilots_contaminated": running pilots that lose or gain people or are changed themselves: [{"pilot","segment",
// "enrolled","enrolled_who_leave","entering","changed"}].
// "features_to_backfill": names of features that are new or computed otherwise.
// "touches": what the apply would send: [{"playbook","decision","count"}].
// "warnings": [{"rule","message"}].
boost::json::object make_plan(const PlanStart& start, const PlanEnd& end);

// The same plan still: between the same versions, and of every segment nobody more or less than `tolerance` (a share of
// the larger of its sizes before and after, but at least ten) enters or leaves. An Error{conflict} says what
// moved.
Result<void> check_plan_holds(const boost::json::object& planned, const boost::json::object& now, double tolerance);

}  // namespace segmentd::daemon
