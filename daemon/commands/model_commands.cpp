// segmentctl check and fit.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <iterator>

#include "daemon/commands/commands.hpp"
#include "daemon/commands/offline.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/modelling/fit.hpp"
#include "daemon/reports/reports.hpp"
#include "daemon/settings/workspace_files.hpp"
#include "rules/load/folders.hpp"
#include "rules/load/warnings.hpp"
#include "rules/rulebook/account_definitions.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

json::object to_json(const Error& error) {
    return {{"file", error.where.file},   {"line", error.where.line}, {"column", error.where.column},
            {"message", error.message},   {"rule", error.rule},       {"hint", error.hint},
            {"code", to_word(error.code)}};
}

json::array to_json(const std::vector<Error>& errors) {
    json::array found;
    for (const auto& error : errors) found.push_back(to_json(error));
    return found;
}

std::vector<Error> overlooked_files(const WorkspaceFolder& folder) {
    std::vector<Error> warnings;
    for (const auto& name : folder.passed_over) {
        warnings.push_back({ErrorCode::invalid,
                            "this file is not read",
                            {name, 0, 0},
                            "file_name",
                            "only *.yaml and *.yml are, and *.md is for people"});
    }
    return warnings;
}

json::object counts_of(const rules::Definitions& definitions) {
    return {{"signals", definitions.signals.size()},      {"sources", definitions.sources.size()},
            {"features", definitions.features.size()},    {"models", definitions.models.size()},
            {"segments", definitions.segments.size()},    {"families", definitions.families.size()},
            {"playbooks", definitions.playbooks.size()},  {"endpoints", definitions.endpoints.size()},
            {"metrics", definitions.metrics.size()},      {"pilots", definitions.pilots.size()},
            {"governance", definitions.governance.size()}};
}

}  // namespace

int check_command(const std::string& workspace, bool as_json) {
    const auto folder = read_workspace_folder(workspace, WorkspaceLimits{});
    std::vector<Error> errors;
    if (!folder) errors.push_back(folder.error());
    auto book = folder ? compile_workspace(folder->files) : tl::unexpected(errors);
    if (!book) errors = std::move(book).error();
    std::vector<Error> warnings;
    if (folder) warnings = overlooked_files(*folder);
    if (book) {
        const auto definitions = rules::with_accounts(**book);
        const auto now = definitions.workspace.clock_start.value_or(wall_now());
        std::ranges::move(rules::load::find_warnings(definitions, now), std::back_inserter(warnings));
        std::ranges::move(rules::find_misplaced(definitions), std::back_inserter(warnings));
    }
    if (!as_json) {
        for (const auto& warning : warnings) fmt::print(stderr, "warning: {}\n", to_text(warning));
        if (!errors.empty()) return report(errors);
        json::object summary = counts_of(rules::with_accounts(**book));
        summary["version"] = (*book)->definitions.version;
        print(summary, false);
        return exit_done;
    }
    json::object result{{"valid", errors.empty()}, {"errors", to_json(errors)}, {"warnings", to_json(warnings)}};
    if (errors.empty()) {
        result["version"] = (*book)->definitions.version;
        result["counts"] = counts_of(rules::with_accounts(**book));
    }
    print(result, true);
    return errors.empty() ? exit_done : exit_wrong_input;
}

int fit_command(const CommandOptions& options, const FitOptions& fit) {
    if (!Store::exists(options.data)) {
        return report(Error{ErrorCode::not_found,
                            "there is no store in " + options.data,
                            {},
                            {},
                            "segmentctl import makes one; there is nothing to fit before"});
    }
    auto opened = Offline::open(options.workspace, options.data, Offline::Use::apply);
    if (!opened) return report(opened.error());
    auto& offline = **opened;
    FitRequest request;
    request.as_of = offline.engine().engine_time();
    if (!fit.as_of.empty()) {
        const auto instant = parse_as_of(fit.as_of, offline.engine().calendar());
        if (!instant) return report(instant.error());
        request.as_of = *instant;
    }
    for (const auto& model : fit.models) request.models.emplace_back(model);
    auto records = fit_models(offline.engine(), offline.past(), request);
    if (!records) return report(records.error());
    for (auto& model : *records) {
        Record record;
        record.received_at = wall_now();
        record.actor = "person:operator";
        record.reason = "fit as of " + to_text(request.as_of);
        record.payload = std::move(model);
        const auto engine_time = offline.engine().time_at(record.received_at);
        record.occurred_at = engine_time;
        if (auto effects = offline.append(std::move(record), engine_time); !effects) return report(effects.error());
    }
    if (auto done = offline.commit({}); !done) return report(done.error());
    print(models_report(offline.engine()), options.as_json);
    return exit_done;
}

}  // namespace segmentd::daemon
