#include "daemon/planning/trial.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <vector>

#include "daemon/planning/kept_plans.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

Result<Fold::Version> version_named(const Fold& fold, const std::string& name);

}  // namespace

Result<json::object> try_definitions(Fold& fold, const WorkspaceFiles& files, const Fold::Will& will) {
    const auto start = begin_plan(fold.engine(), fold.versions().back().files);
    TRY(effects, fold.apply_workspace(files, will));
    TRY(greeted, fold.greet_existing_members());
    std::ranges::move(greeted.events, std::back_inserter(effects.events));
    return make_plan(start, {fold.engine(), files, effects});
}

Result<json::object> try_planned(Fold& fold, const WorkspaceFiles& files, const PlannedChange& change) {
    TRY(planned, kept_plan(fold.store().directory(), change.plan));
    const Fold::Will will{change.will.actor, fmt::format("plan {}: {}", change.plan, change.will.reason)};
    TRY(now, try_definitions(fold, files, will));
    if (auto held = check_plan_holds(planned, now, change.tolerance); !held) return fail(std::move(held).error());
    now["plan"] = change.plan;
    return std::move(now);
}

Result<json::object> try_rollback(Fold& fold, const std::string& to, const Fold::Will& will) {
    TRY(version, version_named(fold, to));
    TRY(plan, try_definitions(fold, version.files, {will.actor, "rollback: " + will.reason}));
    plan["plan"] = nullptr;
    return std::move(plan);
}

json::object as_applied(const Fold& fold, const json::object& plan) {
    json::object answer{{"applied", plan.at("to")}, {"record", fold.workspace_record()}};
    answer.insert(plan.begin(), plan.end());
    return answer;
}

namespace {

Result<Fold::Version> version_named(const Fold& fold, const std::string& name) {
    const auto& now = fold.versions().back().version;
    std::map<std::string, const Fold::Version*> found;
    std::vector<std::string> known;
    for (const auto& version : fold.versions()) {
        if (version.version.starts_with(name) && version.version != now) found[version.version] = &version;
        if (std::ranges::find(known, version.version) == known.end()) known.push_back(version.version);
    }
    if (found.size() == 1) return *found.begin()->second;
    const char* what = !found.empty()          ? "several versions begin with"
                       : now.starts_with(name) ? "in force already is"
                                               : "this store never had a version";
    return fail(ErrorCode::not_found, fmt::format("{} '{}'", what, name),
                fmt::format("this store had: {}", fmt::join(known, ", ")));
}

}  // namespace
}  // namespace segmentd::daemon
