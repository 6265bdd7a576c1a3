// New definitions put to a fold: what plan, apply and rollback have in common, on a store at rest and beside a running
// engine. What they append to the fold is what an apply is; whoever only plans drops it.
#pragma once

#include <boost/json/fwd.hpp>
#include <filesystem>
#include <string>

#include "daemon/host/fold.hpp"
#include "daemon/planning/plan.hpp"

namespace segmentd::daemon {

// Appends the files as new definitions and the greetings that they ask for. Gives the plan (plan.hpp) of it.
Result<boost::json::object> try_definitions(Fold& fold, const WorkspaceFiles& files, const Fold::Will& will);

struct PlannedChange {
    std::string plan;         // its name
    double tolerance = 0.01;  // see check_plan_holds()
    Fold::Will will;
};

// The same where a kept plan, whose name goes into the reason, still holds. The answer has the kept plan's name.
Result<boost::json::object> try_planned(Fold& fold, const WorkspaceFiles& files, const PlannedChange& change);

// The same with definitions that were in force before, found by the beginning of their version. "plan" is null: nobody
// keeps it, and a rollback is asked for by the version.
Result<boost::json::object> try_rollback(Fold& fold, const std::string& to, const Fold::Will& will);

// What stands durably once the fold's records do: {"applied": the version, "record": its sequence}, then the plan.
boost::json::object as_applied(const Fold& fold, const boost::json::object& plan);

}  // namespace segmentd::daemon
