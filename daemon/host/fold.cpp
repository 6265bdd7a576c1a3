#include "daemon/host/fold.hpp"

#include <algorithm>

#include "daemon/host/quiet_gap.hpp"

namespace segmentd::daemon {

Result<Effects> apply_with_facts(Engine& engine, Record record, const SystemRecord& system_record,
                                 const Applied& applied) {
    record.sequence = engine.records() + 1;
    record.engine_time = std::max(record.engine_time, engine.engine_time());
    auto effects = engine.apply(record);
    if (!effects) return effects;
    applied(std::move(record), *effects);
    for (auto& fact : effects->facts) {
        auto found = system_record(std::move(fact.payload));
        found.engine_time = found.occurred_at;
        found.reason = std::move(fact.reason);
        if (auto recorded = apply_with_facts(engine, std::move(found), system_record, applied); !recorded) {
            return recorded;
        }
    }
    return effects;
}

Fold::Fold(Store store, WallClock wall)
    : store_(std::move(store)),
      wall_(std::move(wall)),
      past_([this](std::uint64_t end, const RecordVisitor& visit) {
          const auto read = store_.read_records(1, end, [&](const Record& record) -> Result<void> {
              visit(record);
              return {};
          });
          for (const auto& record : appended_.records) {
              if (read && record.sequence < end) visit(record);
          }
          return read;
      }),
      engine_(std::make_unique<Engine>(past_)) {}

Result<void> Fold::catch_up(std::uint64_t end, const std::function<Result<void>()>& goes_on) {
    return store_.read_records(engine_->records() + 1, end, [&](const Record& record) -> Result<void> {
        if (auto going = goes_on(); !going) return going;
        auto effects = engine_->apply(record);
        if (!effects) return fail(std::move(effects).error());
        note_version(record);
        return {};
    });
}

Result<void> Fold::let_time_pass() {
    auto tick = system_record(TickRecord{});
    const auto now = tick.occurred_at;
    tick.payload = TickRecord{.catch_up = now - engine_->next_due() > quiet_gap};
    if (engine_->next_due() > now) return {};
    auto effects = append(std::move(tick), now);
    if (!effects) return fail(std::move(effects).error());
    return {};
}

Result<Effects> Fold::apply_workspace(const std::map<std::string, std::string>& files, const Will& will) {
    const auto book = compile_workspace(files);
    if (!book) return fail(book.error().front());
    const auto checked = engine_->check_is_same_workspace((*book)->definitions);
    if (!checked) return fail(checked.error());
    auto record = system_record(WorkspaceRecord{(*book)->definitions.version, files});
    record.actor = will.actor;
    record.reason = will.reason;
    if (engine_->records() == 0) record.occurred_at = from_microseconds(0);
    workspace_record_ = engine_->records() + 1;
    const auto at = record.occurred_at;
    return append(std::move(record), at);
}

Result<Effects> Fold::greet_existing_members() {
    if (!engine_->awaits_greeting()) return Effects{};
    auto tick = system_record(TickRecord{.greets = true, .spares_paused = true});
    const auto now = tick.occurred_at;
    return append(std::move(tick), now);
}

void Fold::note_version(const Record& record) {
    const auto* workspace = std::get_if<WorkspaceRecord>(&record.payload);
    if (workspace == nullptr) return;
    versions_.push_back({workspace->version, workspace->files, record.engine_time, record.actor, record.reason});
}

Record Fold::system_record(Payload payload) const {
    Record record;
    record.received_at = wall_();
    record.occurred_at = engine_->time_at(record.received_at);
    record.actor = "system";
    record.payload = std::move(payload);
    return record;
}

Result<Effects> Fold::append(Record record, Timestamp engine_time) {
    record.engine_time = engine_time;
    const auto make = [this](Payload payload) {
        auto found = system_record(std::move(payload));
        found.occurred_at = engine_->engine_time();
        return found;
    };
    return apply_with_facts(*engine_, std::move(record), make, [this](Record next, const Effects& effects) {
        std::ranges::move(ledger_entries(next, effects), std::back_inserter(appended_.lines));
        for (const auto& decision : effects.events) {
            if (decision.fate == TouchFate::send) appended_.sends.push_back(decision.event.id);
        }
        note_version(next);
        appended_.records.push_back(std::move(next));
    });
}

}  // namespace segmentd::daemon
