#include "daemon/audit/quarter_fold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "daemon/audit/change_text.hpp"
#include "daemon/engine/ledger/ledger.hpp"

namespace segmentd::daemon {
namespace {

Error not_covered(std::uint64_t record);
std::string event_of(const LedgerEntry& entry);

}  // namespace

bool is_change(RecordType type) {
    constexpr std::array of_customers_and_time = {RecordType::signal,      RecordType::profile,    RecordType::consent,
                                                  RecordType::suppression, RecordType::tick,       RecordType::delivery,
                                                  RecordType::exposure,    RecordType::assignment, RecordType::group};
    return std::ranges::find(of_customers_and_time, type) == of_customers_and_time.end();
}

QuarterFold::QuarterFold(Store& store, Quarter quarter)
    : quarter_(std::move(quarter)), engine_([&store](std::uint64_t end, const RecordVisitor& visit) {
          return store.read_records(1, end, [&visit](const Record& record) -> Result<void> {
              visit(record);
              return {};
          });
      }) {}

Result<std::unique_ptr<QuarterFold>> QuarterFold::make(Store& store, const Quarter& quarter, Timestamp wall_now,
                                                       std::uint64_t covered) {
    std::unique_ptr<QuarterFold> fold(new QuarterFold(store, quarter));
    std::optional<bool> next_is_quiet;
    std::uint64_t last = 0;  // record of the quarter
    const auto read = store.read_journal(1, [&](const Record& record) -> Result<void> {
        if (record.engine_time < fold->quarter_.until) {
            last = record.sequence;
            if (last > covered) return {};
            auto taken = fold->take(record);
            fold->quarter_ = local_quarter(quarter, fold->engine_.calendar());
            return taken;
        }
        if (!next_is_quiet) next_is_quiet = is_quiet(record);
        return {};
    });
    if (!read) return fail(read.error());
    fold->state_at_ = fold->engine_.engine_time();
    const auto now = fold->engine_.time_at(wall_now);
    if (!next_is_quiet && now < fold->quarter_.from) {
        return fail(ErrorCode::invalid,
                    fmt::format("{} has not begun: it is {} by the engine's clock", quarter.name, to_text(now)),
                    "name a quarter that is over, or the running one");
    }
    fold->is_over_ = next_is_quiet || now >= fold->quarter_.until;
    if (fold->is_over_ && last > covered) return fail(not_covered(last));
    if (fold->is_over_) fold->let_the_quarter_end(next_is_quiet.value_or(true));
    return fold;
}

void QuarterFold::let_the_quarter_end(bool quiet) {
    Record next;  // of which only the place is known
    next.sequence = engine_.records() + 1;
    state_at_ = quarter_.until - Duration(1);
    if (!engine_.has_workspace()) return;
    note_effects(next, engine_.pass_time(state_at_, quiet));
}

Result<void> QuarterFold::take(const Record& record) {
    note(record);
    auto effects = engine_.apply(record);
    if (!effects) return fail(std::move(effects).error());
    note_effects(record, *effects);
    return {};
}

// Before it is applied: the state is still the one that it changes.
void QuarterFold::note(const Record& record) {
    if (const auto* token = std::get_if<TokenRecord>(&record.payload)) {
        auto& life = tokens_[token->id];
        if (token->action == TokenAction::created) life.created = record;
        if (token->action == TokenAction::revoked) life.revoked = record;
    }
    if (quarter_.holds(record.engine_time)) {
        note_consents(record);
        if (is_change(type_of(record))) {
            changes_.push_back({record.sequence, record.engine_time, type_of(record), record.actor, record.reason,
                                change_text(record, files_)});
        }
        if (std::holds_alternative<PilotDecisionRecord>(record.payload)) pilot_decisions_.push_back(record);
    }
    if (const auto* workspace = std::get_if<WorkspaceRecord>(&record.payload)) files_ = workspace->files;
}

void QuarterFold::note_consents(const Record& record) {
    const auto customer = engine_.population().find(record.customer);
    for (const auto& [purpose, granted] : record.consent) {
        if (customer) {
            const auto& before = engine_.population().at(*customer).rest->consent;
            const auto answer = before.find(purpose);
            if (answer != before.end() && answer->second == granted) continue;
        }
        auto& flow = consents_[purpose];
        ++(granted ? flow.granted : flow.withdrawn);
    }
}

void QuarterFold::note_effects(const Record& record, const Effects& effects) {
    const auto& segments = engine_.population().book().definitions.segments;
    for (auto& entry : ledger_entries(record, effects)) {
        const bool is_within = quarter_.holds(entry.at);
        if (entry.kind == LedgerKind::entered || entry.kind == LedgerKind::left) {
            auto& flow = memberships_[entry.name];
            const bool entered = entry.kind == LedgerKind::entered;
            const bool is_defined = rules::find(segments, SegmentId(entry.name)) != nullptr;
            if (is_within)
                ++(entered ? flow.entered : is_defined ? flow.left : flow.dropped);
            else
                flow.at_start += entered ? 1 : -1;
        } else if (is_within && entry.kind == LedgerKind::event) {
            events_.push_back(std::move(entry));
        } else if (is_within && entry.kind == LedgerKind::delivery) {
            auto event = event_of(entry);
            deliveries_.insert_or_assign(std::move(event), std::move(entry));
        }
    }
}

namespace {

Error not_covered(std::uint64_t record) {
    return {.code = ErrorCode::conflict,
            .message = fmt::format("no signed tree head covers record {} yet", record),
            .where = {},
            .rule = {},
            .hint = "the daemon signs one a minute and when it ends; try again after that"};
}

std::string event_of(const LedgerEntry& entry) {
    return std::string(boost::json::parse(entry.details).at("id").as_string());
}

}  // namespace
}  // namespace segmentd::daemon
