// segmentctl plan, apply and rollback: what new definitions would do, doing it, and going back.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <map>

#include "base/json_text.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/offline.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/dashboard/pages.hpp"
#include "daemon/dashboard/plan_document.hpp"
#include "daemon/planning/plan.hpp"
#include "daemon/settings/workspace_files.hpp"
#include "daemon/store/files.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

constexpr std::size_t most_kept_plans = 100;

std::filesystem::path plan_file(const std::string& data, const std::string& name) {
    return std::filesystem::path(data) / "plans" / (name + ".json");
}

bool is_plan_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// The oldest plans go when there are more than people look at.
void forget_old_plans(const std::filesystem::path& folder) {
    std::vector<std::filesystem::directory_entry> kept;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) kept.push_back(entry);
    std::ranges::sort(kept, std::greater(), [](const auto& entry) {
        std::error_code none;
        return std::pair(entry.last_write_time(none), entry.path());
    });
    for (std::size_t i = most_kept_plans; i < kept.size(); ++i) std::filesystem::remove(kept[i], ignored);
}

Result<void> keep_plan(const std::string& data, const json::object& plan) {
    const auto path = plan_file(data, std::string(plan.at("plan").as_string()));
    std::error_code trouble;
    std::filesystem::create_directory(path.parent_path(), trouble);
    std::filesystem::permissions(path.parent_path(), std::filesystem::perms::owner_all, trouble);
    auto kept = write_secret_file(path, json_text(plan));
    if (kept) forget_old_plans(path.parent_path());
    return kept;
}

Result<json::object> read_plan(const std::string& data, const std::string& name) {
    const auto unknown = [&] {
        return fail(ErrorCode::not_found, fmt::format("there is no plan '{}' in this store", name),
                    "segmentctl plan NEW --data DIR makes one and prints its name");
    };
    if (!is_plan_name(name)) return unknown();
    const auto text = read_file(plan_file(data, name));
    if (!text) return unknown();
    boost::system::error_code unreadable;
    auto plan = json::parse(*text, unreadable);
    if (unreadable || !plan.is_object()) {
        return fail(ErrorCode::corrupt, "the plan's file is damaged", "make a new plan");
    }
    return std::move(plan.as_object());
}

void print_section(const json::object& plan, const char* name, const char* title) {
    if (plan.at(name).as_array().empty()) return;
    fmt::print("\n{}\n", title);
    print(plan.at(name), false);
}

void print_plan(const json::object& plan, bool as_json) {
    if (as_json) return print(plan, true);
    const auto text = [&](const char* name) {
        return plan.at(name).is_null() ? std::string("nothing") : std::string(plan.at(name).as_string());
    };
    fmt::print("Plan {}: from {} to {}, {} customers as of {}\n", text("plan"), text("from"), text("to"),
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

void show_plan(const json::object& plan, bool as_json, bool as_html) {
    if (!as_html) return print_plan(plan, as_json);
    fmt::print("{}", document_page(plan_document(plan), PagePlace::file));
}

// A store with its time passed, and new definitions put to its engine; nothing of it is durable yet.
struct Trial {
    std::unique_ptr<Offline> offline;
    json::object plan;
};

using Tried = tl::expected<Trial, std::vector<Error>>;

tl::unexpected<std::vector<Error>> one(Error error) {
    return tl::unexpected(std::vector<Error>{std::move(error)});
}

Tried try_files(std::unique_ptr<Offline> offline, const WorkspaceFiles& files, const std::string& reason) {
    const auto start = begin_plan(offline->engine(), offline->versions().back().files);
    auto effects = offline->apply_workspace(files, reason);
    if (!effects) return one(std::move(effects).error());
    auto greeted = offline->greet_existing_members();
    if (!greeted) return one(std::move(greeted).error());
    std::ranges::move(greeted->events, std::back_inserter(effects->events));
    auto plan = make_plan(start, {offline->engine(), files, *effects});
    return Trial{std::move(offline), std::move(plan)};
}

Tried try_folder(const CommandOptions& options, Offline::Use use, const std::string& reason) {
    auto files = read_workspace_files(options.workspace);
    if (!files) return one(std::move(files).error());
    if (auto book = compile_workspace(*files); !book) return tl::unexpected(std::move(book).error());
    auto offline = Offline::open({}, options.data, use);
    if (!offline) return tl::unexpected(std::move(offline).error());
    if (auto passed = (*offline)->let_time_pass(); !passed) return one(std::move(passed).error());
    return try_files(std::move(*offline), *files, reason);
}

// What stands durably now, as the answer of apply and rollback.
int commit(Trial& trial, bool as_json) {
    const auto record = trial.offline->workspace_record();
    if (auto done = trial.offline->commit({}); !done) return report(done.error());
    if (as_json) {
        json::object answer{{"applied", trial.plan.at("to")}, {"record", record}};
        answer.insert(trial.plan.begin(), trial.plan.end());
        print(answer, true);
    } else {
        fmt::print("applied {} as record {}\n\n", std::string(trial.plan.at("to").as_string()), record);
        print_plan(trial.plan, false);
    }
    return exit_done;
}

Result<Offline::Version> version_named(const Offline& offline, const std::string& name) {
    const auto& now = offline.versions().back().version;
    std::map<std::string, const Offline::Version*> found;
    std::string known;
    for (const auto& version : offline.versions()) {
        if (version.version.starts_with(name) && version.version != now) found[version.version] = &version;
        known += (known.empty() ? "" : ", ") + version.version;
    }
    if (found.size() == 1) return *found.begin()->second;
    const char* what = !found.empty()          ? "several versions begin with"
                       : now.starts_with(name) ? "in force already is"
                                               : "this store never had a version";
    return fail(ErrorCode::not_found, fmt::format("{} '{}'", what, name), "this store had: " + known);
}

}  // namespace

int plan_command(const CommandOptions& options, bool as_html) {
    auto trial = try_folder(options, Offline::Use::look, "a plan");
    if (!trial) return report(trial.error());
    if (auto kept = keep_plan(options.data, trial->plan); !kept) return report(kept.error());
    show_plan(trial->plan, options.as_json, as_html);
    return exit_done;
}

int apply_command(const CommandOptions& options, const ApplyOptions& apply) {
    const auto planned = read_plan(options.data, apply.plan);
    if (!planned) return report(planned.error());
    auto trial = try_folder(options, Offline::Use::order, fmt::format("plan {}: {}", apply.plan, apply.reason));
    if (!trial) return report(trial.error());
    if (auto held = check_plan_holds(*planned, trial->plan, apply.tolerance); !held) return report(held.error());
    trial->plan["plan"] = apply.plan;
    return commit(*trial, options.as_json);
}

int rollback_command(const CommandOptions& options, const RollbackOptions& rollback) {
    auto offline = Offline::open({}, options.data, rollback.dry_run ? Offline::Use::look : Offline::Use::order);
    if (!offline) return report(offline.error());
    if (auto passed = (*offline)->let_time_pass(); !passed) return report(passed.error());
    const auto version = version_named(**offline, rollback.to);
    if (!version) return report(version.error());
    auto trial = try_files(std::move(*offline), version->files, fmt::format("rollback: {}", rollback.reason));
    if (!trial) return report(trial.error());
    if (!rollback.dry_run) return commit(*trial, options.as_json);
    show_plan(trial->plan, options.as_json, rollback.as_html);
    return exit_done;
}

}  // namespace segmentd::daemon
