// New definitions: from the record that brings them to the state that follows them.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "daemon/engine/engine.hpp"
#include "rules/load/load.hpp"

namespace segmentd::daemon {

// Everything about new definitions that may fail, before anything changes: what they make of the past signals, too.
Result<Engine::NewDefinitions> Engine::prepare(const WorkspaceRecord& workspace, const Record& record) const {
    TRY(book, compile(workspace));
    NewDefinitions prepared{book, workspace.files, reach_of_change(files_, workspace.files, *book), {}};
    if (!prepared.reach.needs_past) return prepared;
    Derivation derivation(book, population_, pilots_, record.engine_time);
    if (record.sequence > 1) {
        const auto replayed = past_(record.sequence, [&](const Record& past) { derivation.take(past); });
        if (!replayed) return fail(replayed.error());
    }
    prepared.derived = derivation.finish();
    return prepared;
}

// New definitions: what is derived from signals is taken over as derived anew, where it has to be; what customers and
// people decided stays.
void Engine::adopt(NewDefinitions taken, const Record& record, Effects& effects) {
    const Cause cause{"definitions " + std::get<WorkspaceRecord>(record.payload).version, record.engine_time, true};
    if (has_workspace())
        std::ranges::move(leave_what_goes(population_, *taken.book, cause), std::back_inserter(effects.changes));
    files_ = std::move(taken.files);
    application_ = {record.actor, record.engine_time, record.reason};
    population_.use(taken.book);
    if (taken.derived) take_over(taken.derived->population);
    decider_.use(population_);
    reviews_.use(population_.book(), record.engine_time);
    reviews_.definitions_were_applied();
    may_have_ungreeted_ = true;
    if (taken.derived) {
        if (record.sequence > 1) reconsider_all(cause, effects);
    } else {
        const auto touched = touched_by(population_.book(), taken.reach.places);
        population_.visit_all([&](std::size_t i) {
            follow(i, decider_.decide(population_, i, taken.reach.places, cause), cause, effects);
            schedule(i, cause.at, touched);
        });
    }
    accounts_.adopt(taken.book->accounts, taken.derived ? &taken.derived->accounts : nullptr, cause, effects);
}

// Who is not in the past has no signals.
void Engine::take_over(Population& derived) {
    pilots_.use(population_.book(), population_, derived);
    for (std::size_t i = 0; i < population_.size(); ++i) {
        auto& customer = population_.at(i);
        auto& fresh = derived.at(derived.find_or_create(customer.id));
        customer.features = std::move(fresh.features);
        customer.histories = std::move(fresh.histories);
    }
}

Result<void> Engine::check_is_same_workspace(const rules::Definitions& proposed) const {
    if (!has_workspace()) return {};
    return check_same_workspace(population_.book().definitions.workspace.name, proposed.workspace.name);
}

// The record says that they were taken.
Result<std::shared_ptr<const rules::Rulebook>> Engine::compile(const WorkspaceRecord& workspace) const {
    auto definitions = rules::load_recorded_workspace(workspace.files);
    if (!definitions) return fail(definitions.error().front());
    auto book = rules::build_recorded_rulebook(std::move(*definitions));
    if (!book) return fail(book.error().front());
    return std::make_shared<const rules::Rulebook>(std::move(*book));
}

Result<void> check_same_workspace(const std::string& own, const std::string& proposed) {
    if (proposed == own) return {};
    return fail({ErrorCode::conflict,
                 fmt::format("this store belongs to the workspace '{}', the folder holds '{}'", own, proposed),
                 {},
                 "other_workspace",
                 "name another --data, or the folder of that workspace"});
}

tl::expected<std::shared_ptr<const rules::Rulebook>, std::vector<Error>> compile_workspace(
    const std::map<std::string, std::string>& files) {
    auto definitions = rules::load_workspace(files);
    if (!definitions) return tl::unexpected(std::move(definitions).error());
    auto book = rules::build_rulebook(std::move(*definitions));
    if (!book) return tl::unexpected(std::move(book).error());
    return std::make_shared<const rules::Rulebook>(std::move(*book));
}

}  // namespace segmentd::daemon
