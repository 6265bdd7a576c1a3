#include "daemon/commands/offline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "daemon/host/ledger_maker.hpp"
#include "daemon/reports/hindsight.hpp"
#include "daemon/settings/workspace_files.hpp"
#include "rules/expression/utf8.hpp"

namespace segmentd::daemon {
namespace {

using Folder = tl::expected<std::map<std::string, std::string>, OpenErrors>;

OpenErrors one(Error error) {
    return {std::move(error)};
}

// The files of a workspace that compiles.
Folder read_folder(const std::string& workspace) {
    auto files = read_workspace_files(workspace);
    if (!files) return tl::unexpected(one(std::move(files).error()));
    if (auto book = compile_workspace(*files); !book) return tl::unexpected(std::move(book).error());
    return std::move(*files);
}

void warn_of_refused_folder(const OpenErrors& errors) {
    for (const auto& error : errors) fmt::print(stderr, "warning: {}\n", to_text(error));
    fmt::print(stderr, "note: the folder is refused; the definitions in force are used\n");
}

}  // namespace

Offline::Offline(Store store, Use use) : Fold(std::move(store), wall_now), use_(use) {}

tl::expected<std::unique_ptr<Offline>, OpenErrors> Offline::open(const std::string& workspace, const std::string& data,
                                                                 Use use) {
    const auto given = workspace.empty() ? Folder() : read_folder(workspace);
    if (use == Use::apply && !given) return tl::unexpected(given.error());
    if (use == Use::order && !Store::exists(data)) return tl::unexpected(one(no_store_in(data)));
    auto store = Store::open(data, use == Use::look ? Store::Mode::reader : Store::Mode::writer);
    if (!store) return tl::unexpected(given ? one(std::move(store).error()) : given.error());
    std::unique_ptr<Offline> offline(new Offline(std::move(*store), use));
    if (auto done = offline->fold(); !done) return tl::unexpected(one(std::move(done).error()));
    if (!given && !offline->engine_->has_workspace()) return tl::unexpected(given.error());
    if (!given) warn_of_refused_folder(given.error());
    if (given && !given->empty()) {
        if (auto done = offline->use_workspace(*given); !done) return tl::unexpected(one(std::move(done).error()));
    }
    if (!offline->engine_->has_workspace()) {
        return tl::unexpected(
            one({ErrorCode::not_found, "the store holds no workspace yet", {}, {}, "name one with --workspace"}));
    }
    if (use == Use::look) {
        if (auto done = offline->let_time_pass(); !done) return tl::unexpected(one(std::move(done).error()));
    }
    return offline;
}

tl::expected<std::unique_ptr<Offline>, OpenErrors> Offline::open_at(const std::string& data, const std::string& at) {
    auto store = Store::open(data, Store::Mode::reader);
    if (!store) return tl::unexpected(one(std::move(store).error()));
    std::unique_ptr<Offline> offline(new Offline(std::move(*store), Use::look));
    if (auto done = offline->fold_until(at); !done) return tl::unexpected(one(std::move(done).error()));
    return offline;
}

tl::expected<std::shared_ptr<const rules::Rulebook>, OpenErrors> Offline::definitions(const std::string& workspace,
                                                                                      const std::string& data) {
    if (workspace.empty()) {
        auto offline = open({}, data, Use::look);
        if (!offline) return tl::unexpected(std::move(offline).error());
        return (*offline)->engine_->population().shared_book();
    }
    const auto files = read_folder(workspace);
    if (!files) return tl::unexpected(files.error());
    return compile_workspace(*files);
}

Result<void> Offline::fold() {
    LedgerMaker ledger(store_);
    const bool is_writer = use_ != Use::look;
    const auto summary = store_.read_journal(1, [&](const Record& record) -> Result<void> {
        auto effects = engine_->apply(record);
        if (!effects) return fail(std::move(effects).error());
        note_version(record);
        if (is_writer) ledger.take(record, *effects);
        return {};
    });
    if (!summary) return fail(summary.error());
    return is_writer ? ledger.finish() : Result<void>();
}

Result<void> Offline::fold_until(const std::string& at) {
    std::optional<Timestamp> until;
    bool is_past = false;
    std::optional<bool> next_is_quiet;
    Timestamp last{};
    const auto summary = store_.read_journal(1, [&](const Record& record) -> Result<void> {
        last = record.engine_time;
        is_past = is_past || (until && record.engine_time > *until);
        if (is_past && !next_is_quiet) next_is_quiet = is_quiet(record);
        if (is_past) return {};
        auto effects = engine_->apply(record);
        if (!effects) return fail(std::move(effects).error());
        note_version(record);
        if (!std::holds_alternative<WorkspaceRecord>(record.payload)) return {};
        TRY(instant, parse_as_of(at, engine_->calendar()));
        until = instant;
        return {};
    });
    if (!summary) return fail(summary.error());
    if (!until || *until < engine_->engine_time()) {
        return fail(ErrorCode::not_found, "nothing was known at " + at, "give --at a later instant");
    }
    const auto now = engine_->time_at(wall_now());
    if (!is_past && *until > std::max(last, now)) {
        return fail(ErrorCode::invalid,
                    fmt::format("{} has not come: the engine time is {}", at, to_text(std::max(last, now))),
                    "give --at an instant of the past");
    }
    engine_->pass_time(*until, next_is_quiet.value_or(false));
    return {};
}

Result<void> Offline::use_workspace(const std::map<std::string, std::string>& files) {
    const auto book = compile_workspace(files);
    const auto& version = (*book)->definitions.version;
    const bool is_first = !engine_->has_workspace();
    if (is_first && use_ == Use::order) return {};
    if (!is_first) {
        const auto& in_force = engine_->population().book().definitions.version;
        if (in_force == version) return {};
        if (auto checked = engine_->check_is_same_workspace((*book)->definitions); !checked) return checked;
        if (use_ != Use::apply) {
            const auto* what = use_ == Use::order ? "it is not applied" : "shown as if it were applied now";
            fmt::print(stderr, "note: the folder is version {}, in force is {}; {}\n", version, in_force, what);
        }
        if (use_ == Use::order) return {};
    }
    auto effects = apply_workspace(files, {person_at_keyboard(), "definitions from the workspace folder"});
    return effects ? Result<void>() : fail(std::move(effects).error());
}

Result<void> Offline::commit(std::span<const Reject> rejects) {
    if (appended_.records.empty() && rejects.empty()) return {};
    if (auto done = store_.commit(appended_.records, rejects, appended_.lines); !done) return done;
    appended_ = {};
    auto head = store_.sign_head();
    return head ? Result<void>() : fail(std::move(head).error());
}

Result<void> Offline::read_memberships(const std::function<Result<void>(const LedgerEntry&)>& visit) {
    if (!store_.has_whole_ledger() && store_.record_count() > 0) {
        return fail(ErrorCode::unsupported, "the store was written before there was a ledger",
                    "a daemon that is started on it makes the ledger");
    }
    LedgerQuery query;
    query.kinds = {LedgerKind::entered, LedgerKind::left};
    if (auto read = store_.read_ledger(query, {}, visit); !read) return read;
    for (const auto& line : appended_.lines) {
        if (line.kind != LedgerKind::entered && line.kind != LedgerKind::left) continue;
        if (auto visited = visit(line); !visited) return visited;
    }
    return {};
}

std::string person_at_keyboard() {
    for (const char* name : {"SUDO_USER", "USER", "LOGNAME"}) {
        const char* value = std::getenv(name);
        const bool is_name = value != nullptr && *value != '\0' && rules::expression::is_utf8(value);
        if (is_name) return std::string("person:") + value;
    }
    return "person:operator";
}

Timestamp wall_now() {
    return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

}  // namespace segmentd::daemon
