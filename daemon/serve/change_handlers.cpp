// Plans of new definitions, applies and rollbacks over HTTP: tried beside the engine that serves.
#include <boost/json.hpp>
#include <chrono>

#include "base/json_text.hpp"
#include "daemon/net/http_server.hpp"
#include "daemon/net/problem.hpp"
#include "daemon/planning/kept_plans.hpp"
#include "daemon/planning/trial.hpp"
#include "daemon/serve/json_body.hpp"
#include "daemon/serve/routes.hpp"
#include "daemon/settings/workspace_files.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

// Shorter than a server waits for an answer: what is answered by "too late" was not done.
constexpr auto longest_wait = longest_answer - std::chrono::minutes(1);

// {"files": {"segments/loyal.yaml": "segment: loyal\n..."}, "plan": "0f3c", "tolerance": 0.01, "reason": "..."}, or
// {"to": "0f3c", "reason": "...", "dry_run": true}
struct Wanted {
    WorkspaceFiles files;
    PlannedChange change;
    std::string to;
    bool dry_run = false;
};

Result<Wanted> wanted_in(const RoutedRequest& request, std::initializer_list<std::string_view> known);
Result<void> take_member(Wanted& wanted, std::string_view name, const json::value& value);

// What is above a limit is so for good: to try again later would not help.
HttpResponse refusal_response(const Error& error) {
    if (error.code != ErrorCode::limit) return problem_response(error);
    return problem_response(Problem{.status = 413, .detail = to_text(error)});
}

using Change = std::function<Result<json::object>(Fold&)>;

void change_beside(ServeContext& context, bool is_kept, Change change, Respond respond) {
    const auto answer = std::make_shared<json::object>();
    Host::Beside task;
    task.is_kept = is_kept;
    task.work = [answer, is_kept, change = std::move(change)](Fold& fold) -> Result<void> {
        TRY(plan, change(fold));
        *answer = is_kept ? as_applied(fold, plan) : std::move(plan);
        return {};
    };
    task.done = [answer, respond](const Result<void>& done) {
        if (!done) return respond(refusal_response(done.error()));
        respond({.status = 200, .body = json_text(*answer), .headers = {}});
    };
    if (is_kept) {
        task.is_given_up = [until = std::chrono::steady_clock::now() + longest_wait] {
            return std::chrono::steady_clock::now() > until;
        };
    }
    if (auto taken = context.host.try_beside(std::move(task)); !taken) respond(busy_response(taken.error()));
}

}  // namespace

void answer_plan(ServeContext& context, RoutedRequest request, Respond respond) {
    auto wanted = wanted_in(request, {"files"});
    if (!wanted) return respond(problem_response(wanted.error()));
    const auto change = [files = std::move(wanted->files), actor = request.actor](Fold& fold) -> Result<json::object> {
        TRY(plan, try_definitions(fold, files, {actor, "a plan"}));
        if (auto kept = keep_plan(fold.store().directory(), plan); !kept) return fail(std::move(kept).error());
        return std::move(plan);
    };
    change_beside(context, false, change, std::move(respond));
}

void answer_apply(ServeContext& context, RoutedRequest request, Respond respond) {
    auto wanted = wanted_in(request, {"files", "plan", "tolerance", "reason"});
    if (!wanted) return respond(problem_response(wanted.error()));
    const auto change = [wanted = std::move(*wanted)](Fold& fold) {
        return try_planned(fold, wanted.files, wanted.change);
    };
    change_beside(context, true, change, std::move(respond));
}

void answer_rollback(ServeContext& context, RoutedRequest request, Respond respond) {
    auto wanted = wanted_in(request, {"to", "reason", "dry_run"});
    if (!wanted) return respond(problem_response(wanted.error()));
    const bool is_kept = !wanted->dry_run;
    const auto change = [wanted = std::move(*wanted)](Fold& fold) {
        return try_rollback(fold, wanted.to, wanted.change.will);
    };
    change_beside(context, is_kept, change, std::move(respond));
}

namespace {

// The first of the known members must stand there.
Result<Wanted> wanted_in(const RoutedRequest& request, std::initializer_list<std::string_view> known) {
    TRY(body, json_body(request.http.body));
    Wanted wanted;
    wanted.change.will.actor = request.actor;
    for (const auto& member : body) {
        const std::string_view name(member.key().data(), member.key().size());
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            return fail(ErrorCode::invalid, "there is no member '" + std::string(name) + "' here");
        }
        if (auto taken = take_member(wanted, name, member.value()); !taken) return fail(std::move(taken).error());
    }
    const auto& needed = *known.begin();
    if (!body.contains(needed)) return fail(ErrorCode::invalid, "the member '" + std::string(needed) + "' is missing");
    return wanted;
}

Result<void> take_member(Wanted& wanted, std::string_view name, const json::value& value) {
    const auto wrong = [&](const char* what) {
        return fail(ErrorCode::invalid, "'" + std::string(name) + "' must be " + what);
    };
    if (name == "files") {
        if (!value.is_object()) return wrong("an object of texts by path");
        for (const auto& file : value.get_object()) {
            if (!file.value().is_string()) return wrong("an object of texts by path");
            if (!is_name_in_workspace(file.key())) {
                return fail(ErrorCode::invalid, "'" + std::string(file.key()) + "' is no file of a workspace",
                            "name YAML files by their path in the folder, segments/loyal.yaml");
            }
            wanted.files.emplace(std::string(file.key()), std::string(file.value().get_string()));
        }
        if (wanted.files.empty()) return wrong("an object of texts by path, workspace.yaml among them");
        return {};
    }
    if (name == "tolerance") {
        if (!value.is_number()) return wrong("a share from 0 to 1");
        wanted.change.tolerance = value.to_number<double>();
        if (!(wanted.change.tolerance >= 0 && wanted.change.tolerance <= 1)) return wrong("a share from 0 to 1");
        return {};
    }
    if (name == "dry_run") {
        if (!value.is_bool()) return wrong("true or false");
        wanted.dry_run = value.get_bool();
        return {};
    }
    if (!value.is_string() || (name == "to" && value.get_string().empty())) return wrong("a text");
    auto& place = name == "to" ? wanted.to : name == "plan" ? wanted.change.plan : wanted.change.will.reason;
    place = std::string(value.get_string());
    return {};
}

}  // namespace
}  // namespace segmentd::daemon
