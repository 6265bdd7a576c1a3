// segmentctl plan, apply and rollback: what new definitions would do, doing it, and going back.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <functional>

#include "base/json_text.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/daemon_call.hpp"
#include "daemon/commands/offline.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/dashboard/pages.hpp"
#include "daemon/dashboard/plan_document.hpp"
#include "daemon/net/http_server.hpp"
#include "daemon/planning/kept_plans.hpp"
#include "daemon/planning/trial.hpp"
#include "daemon/settings/workspace_files.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

constexpr auto longest_change = longest_answer + std::chrono::minutes(1);

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
    fmt::print("{}: from {} to {}, {} customers as of {}\n",
               plan.at("plan").is_null() ? "Rollback" : "Plan " + text("plan"), text("from"), text("to"),
               plan.at("customers").to_number<std::uint64_t>(), text("at"));
    if (plan.at("changes").as_array().empty()) fmt::print("No definition changes.\n");
    print_section(plan, "changes", "Definitions");
    print_section(plan, "segments", "Segments");
    print_section(plan, "account_segments", "Segments of accounts");
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

using Answer = tl::expected<json::object, std::vector<Error>>;
using Change = std::function<Result<json::object>(Fold&)>;

Answer refused(Error error) {
    return tl::unexpected(std::vector<Error>{std::move(error)});
}

// The store with its time passed, and the change put to it, which is durable afterwards where it is kept.
Answer change_store(const CommandOptions& options, bool is_kept, const Change& change) {
    auto offline = Offline::open({}, options.data, is_kept ? Offline::Use::order : Offline::Use::look);
    if (!offline) return tl::unexpected(std::move(offline).error());
    if (auto passed = (*offline)->let_time_pass(); !passed) return refused(std::move(passed).error());
    auto plan = change(**offline);
    if (!plan) return refused(std::move(plan).error());
    if (!is_kept) return std::move(*plan);
    auto answer = as_applied(**offline, *plan);
    if (auto done = (*offline)->commit({}); !done) return refused(std::move(done).error());
    return answer;
}

// The same by the daemon that holds the store.
Answer change_through_daemon(const CommandOptions& options, const char* path, const json::object& words) {
    HttpCall call;
    call.headers.emplace_back("Content-Type", "application/json");
    call.body = json_text(words);
    call.timeout = longest_change;
    auto answer = call_daemon(options, path, std::move(call));
    if (!answer) return refused(std::move(answer).error());
    return std::move(answer->as_object());
}

int show(const Answer& answer, const CommandOptions& options, bool as_html = false) {
    if (!answer) return report(answer.error());
    if (as_html)
        fmt::print("{}", document_page(plan_document(*answer), PagePlace::file));
    else
        print_plan(*answer, options.as_json);
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

int plan_command(const CommandOptions& options, bool as_html) {
    const auto files = files_of(options.workspace);
    if (!files) return report(files.error());
    if (!options.url.empty()) {
        return show(change_through_daemon(options, "/api/v1/plans", {{"files", json_of(*files)}}), options, as_html);
    }
    const auto change = [&](Fold& fold) -> Result<json::object> {
        TRY(plan, try_definitions(fold, *files, {person_at_keyboard(), "a plan"}));
        if (auto kept = keep_plan(options.data, plan); !kept) return fail(std::move(kept).error());
        return std::move(plan);
    };
    return show(change_store(options, false, change), options, as_html);
}

int apply_command(const CommandOptions& options, const ApplyOptions& apply) {
    const auto files = files_of(options.workspace);
    if (!files) return report(files.error());
    if (!options.url.empty()) {
        const json::object words{
            {"files", json_of(*files)}, {"plan", apply.plan}, {"tolerance", apply.tolerance}, {"reason", apply.reason}};
        return show(change_through_daemon(options, "/api/v1/definitions", words), options);
    }
    const auto change = [&](Fold& fold) {
        return try_planned(fold, *files, {apply.plan, apply.tolerance, {person_at_keyboard(), apply.reason}});
    };
    return show(change_store(options, true, change), options);
}

int rollback_command(const CommandOptions& options, const RollbackOptions& rollback) {
    if (!options.url.empty()) {
        const json::object words{{"to", rollback.to}, {"reason", rollback.reason}, {"dry_run", rollback.dry_run}};
        return show(change_through_daemon(options, "/api/v1/rollback", words), options, rollback.as_html);
    }
    const auto change = [&](Fold& fold) {
        return try_rollback(fold, rollback.to, {person_at_keyboard(), rollback.reason});
    };
    return show(change_store(options, !rollback.dry_run, change), options, rollback.as_html);
}

}  // namespace segmentd::daemon
