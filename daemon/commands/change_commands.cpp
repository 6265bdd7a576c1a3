// segmentctl plan, apply and rollback: what new definitions would do, doing it, and going back.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <functional>

#include "base/json_text.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/daemon_call.hpp"
#include "daemon/commands/offline.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/planning/kept_plans.hpp"
#include "daemon/planning/trial.hpp"
#include "daemon/settings/workspace_files.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

constexpr auto longest_change = std::chrono::minutes(1);

void print_section(const json::object& plan, const char* name, const char* title) {
    if (plan.at(name).as_array().empty()) return;
    fmt::print("\n{}\n", title);
    print(plan.at(name), false);
}

void print_plan(const json::object& plan, bool as_json) {
    if (as_json) return print(plan, true);
    if (plan.contains("applied")) {
        fmt::print("applied {} as record {}\n\n", std::string(plan.at("applied").as_string()),
                   plan.at("record").to_number<std::uint64_t>());
    }
    const auto text = [&](const char* name) {
        return plan.at(name).is_null() ? std::string("nothing") : std::string(plan.at(name).as_string());
    };
    fmt::print("Plan {}: from {} to {}, {} customers as of {}\n", text("plan"), text("from"), text("to"),
               plan.at("customers").to_number<std::uint64_t>(), text("at"));
    if (plan.at("changes").as_array().empty()) fmt::print("No definition changes.\n");
    print_section(plan, "changes", "Definitions");
    print_section(plan, "segments", "Segments");
    print_section(plan, "migration", "Who moves");
    print_section(plan, "overlap", "Members shared with other segments, after");
    print_section(plan, "pilots_contaminated", "Running pilots");
    if (!plan.at("features_to_backfill").as_array().empty()) {
        fmt::print("\nFeatures made anew from all past signals\n{}\n", json_text(plan.at("features_to_backfill")));
    }
    print_section(plan, "touches", "Touches decided at the apply");
    print_section(plan, "warnings", "Warnings");
    if (!text("diff").empty()) fmt::print("\n{}", text("diff"));
}

using Change = std::function<Result<json::object>(Fold&)>;

// The store with its time passed, and the change put to it, which is durable afterwards where it is kept.
int change_store(const CommandOptions& options, bool is_kept, const Change& change) {
    auto offline = Offline::open({}, options.data, is_kept ? Offline::Use::order : Offline::Use::look);
    if (!offline) return report(offline.error());
    if (auto passed = (*offline)->let_time_pass(); !passed) return report(passed.error());
    auto answer = change(**offline);
    if (!answer) return report(answer.error());
    if (is_kept) {
        *answer = as_applied(**offline, *answer);
        if (auto done = (*offline)->commit({}); !done) return report(done.error());
    }
    print_plan(*answer, options.as_json);
    return exit_done;
}

// The same by the daemon that holds the store.
int change_through_daemon(const CommandOptions& options, const char* path, const json::object& words) {
    HttpCall call;
    call.headers.emplace_back("Content-Type", "application/json");
    call.body = json_text(words);
    call.timeout = longest_change;
    const auto answer = call_daemon(options, path, std::move(call));
    if (!answer) return report(answer.error());
    print_plan(answer->as_object(), options.as_json);
    return exit_done;
}

// The files of a folder that compiles.
tl::expected<WorkspaceFiles, std::vector<Error>> files_of(const std::string& folder) {
    auto files = read_workspace_files(folder);
    if (!files) return tl::unexpected(std::vector<Error>{std::move(files).error()});
    if (auto book = compile_workspace(*files); !book) return tl::unexpected(std::move(book).error());
    return std::move(*files);
}

json::object json_of(const WorkspaceFiles& files) {
    json::object all;
    for (const auto& [path, text] : files) all[path] = text;
    return all;
}

}  // namespace

int plan_command(const CommandOptions& options) {
    const auto files = files_of(options.workspace);
    if (!files) return report(files.error());
    if (!options.url.empty()) return change_through_daemon(options, "/api/v1/plans", {{"files", json_of(*files)}});
    return change_store(options, false, [&](Fold& fold) -> Result<json::object> {
        TRY(plan, try_definitions(fold, *files, {person_at_keyboard(), "a plan"}));
        if (auto kept = keep_plan(options.data, plan); !kept) return fail(std::move(kept).error());
        return std::move(plan);
    });
}

int apply_command(const CommandOptions& options, const ApplyOptions& apply) {
    const auto files = files_of(options.workspace);
    if (!files) return report(files.error());
    if (!options.url.empty()) {
        return change_through_daemon(options, "/api/v1/definitions",
                                     {{"files", json_of(*files)},
                                      {"plan", apply.plan},
                                      {"tolerance", apply.tolerance},
                                      {"reason", apply.reason}});
    }
    return change_store(options, true, [&](Fold& fold) {
        return try_planned(fold, *files, {apply.plan, apply.tolerance, {person_at_keyboard(), apply.reason}});
    });
}

int rollback_command(const CommandOptions& options, const RollbackOptions& rollback) {
    if (!options.url.empty()) {
        return change_through_daemon(options, "/api/v1/rollback",
                                     {{"to", rollback.to}, {"reason", rollback.reason}, {"dry_run", rollback.dry_run}});
    }
    return change_store(options, !rollback.dry_run, [&](Fold& fold) {
        return try_rollback(fold, rollback.to, {person_at_keyboard(), rollback.reason});
    });
}

}  // namespace segmentd::daemon
