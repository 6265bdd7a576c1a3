// segmentctl replay: folds the journal anew, and with --verify finds every recorded fact again.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "base/sha256.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/fold_store.hpp"
#include "daemon/commands/ledger_check.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/modelling/fit.hpp"
#include "daemon/modelling/validate.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

constexpr double tolerance = 1e-9;  // relative: another machine's libm may differ in the last place

bool is_near(double left, double right) {
    return std::abs(left - right) <= tolerance * std::max({1.0, std::abs(left), std::abs(right)});
}

tl::unexpected<Error> differs(const Record& record, std::string what) {
    return fail(ErrorCode::corrupt, fmt::format("record {}: {}", record.sequence, what),
                "the journal was not written by this fold");
}

// A store's records folded one by one; facts about many are found again before they are applied.
class Replay {
  public:
    Replay(Store& store, bool verify)
        : store_(store),
          verify_(verify),
          past_([this](std::uint64_t end, const RecordVisitor& visit) {
              return store_.read_records(1, end, [&](const Record& record) -> Result<void> {
                  visit(record);
                  return {};
              });
          }),
          engine_(past_) {}

    Result<void> run() {
        const auto read = store_.read_journal(1, [this](const Record& record) -> Result<void> {
            if (auto checked = verify_ ? check(record) : Result<void>(); !checked) return checked;
            auto effects = engine_.apply(record);
            if (!effects) return fail(std::move(effects).error());
            received_last_ = std::max(received_last_, record.received_at);
            ledger_.take(record, *effects);
            return {};
        });
        if (!read) return fail(read.error());
        return ledger_.compare(store_);
    }

    FoldedStore summary() {
        return {.records = engine_.records(),
                .state_sha256 = to_hex(engine_.state_hash()),
                .tree_head = to_hex(store_.tree_head().root),
                .workspace = engine_.has_workspace() ? engine_.population().book().definitions.workspace.name : "",
                .customers = store_.customer_count(),
                .received_last = received_last_,
                .ledger_lines = ledger_.lines(),
                .models = models_,
                .alarms = alarms_,
                .validations = validations_};
    }

  private:
    Result<void> check(const Record& record) {
        if (const auto* model = std::get_if<ModelRecord>(&record.payload)) return check_model(record, *model);
        if (const auto* alarm = std::get_if<AlarmRecord>(&record.payload)) return check_alarm(record, *alarm);
        if (const auto* decision = std::get_if<PilotDecisionRecord>(&record.payload)) {
            return check_decision(record, *decision);
        }
        if (const auto* found = std::get_if<ValidationRecord>(&record.payload)) return check_validation(record, *found);
        return {};
    }

    Result<void> check_model(const Record& record, const ModelRecord& model) {
        auto again = fit_models(engine_, past_, {model.as_of, {model.model}});
        if (!again) return differs(record, "the model cannot be fitted again: " + again.error().message);
        const auto& found = again->front();
        const bool same_log_likelihood = is_near(found.log_likelihood, model.log_likelihood);
        if (found.version != model.version || found.customers != model.customers || !same_log_likelihood) {
            return differs(record, fmt::format("model {} was fitted on other data", model.model.text));
        }
        for (const auto& [name, value] : model.parameters) {
            const auto other = found.parameters.find(name);
            if (other == found.parameters.end() || !is_near(other->second, value)) {
                return differs(record,
                               fmt::format("model {}: parameter {} is not what the fit gives", model.model.text, name));
            }
        }
        ++models_;
        return {};
    }

    Result<void> check_decision(const Record& record, const PilotDecisionRecord& decision) {
        if (std::ranges::count(engine_.unrecorded_decisions(), decision) == 1) return {};
        return differs(record, fmt::format("the findings do not give this verdict on pilot {}", decision.pilot.text));
    }

    Result<void> check_alarm(const Record& record, const AlarmRecord& alarm) {
        if (std::ranges::count(engine_.unrecorded_alarms(), alarm) != 1) {
            return differs(record, fmt::format("no monitor raised this alarm about {}", alarm.monitor));
        }
        ++alarms_;
        return {};
    }

    Result<void> check_validation(const Record& record, const ValidationRecord& found) {
        const auto again =
            validate_segment(engine_, past_, {found.segment, found.from, found.until, record.engine_time});
        if (!again) return differs(record, "the validation cannot be made again: " + again.error().message);
        const auto is_same = [](const ValidationOutcome& left, const ValidationOutcome& right) {
            return left.metric == right.metric && left.against == right.against && left.customers == right.customers &&
                   left.other_customers == right.other_customers && is_near(left.mean, right.mean) &&
                   is_near(left.other_mean, right.other_mean) && is_near(left.p_adjusted, right.p_adjusted);
        };
        const bool has_same_rows = std::ranges::equal(again->outcomes, found.outcomes, is_same);
        if (again->version != found.version || again->verdict != found.verdict || !has_same_rows) {
            return differs(record, fmt::format("segment {} was validated on other data", found.segment.text));
        }
        ++validations_;
        return {};
    }

    Store& store_;
    bool verify_ = false;
    PastRecords past_;
    Engine engine_;
    LedgerCheck ledger_;
    Timestamp received_last_ = beginning_of_time;
    std::int64_t models_ = 0;
    std::int64_t alarms_ = 0;
    std::int64_t validations_ = 0;
};

}  // namespace

Result<FoldedStore> fold_store(Store& store, bool verify) {
    Replay replay(store, verify);
    if (auto done = replay.run(); !done) return fail(std::move(done).error());
    return replay.summary();
}

int replay_command(const CommandOptions& options, bool verify) {
    auto store = Store::open(options.data, Store::Mode::reader);
    if (!store) return report(store.error());
    const auto folded = fold_store(*store, verify);
    if (!folded) return report(folded.error());
    json::object result{
        {"records", folded->records}, {"state_sha256", folded->state_sha256}, {"tree_head", folded->tree_head}};
    if (verify) {
        result["verified"] = json::object{{"models", folded->models},
                                          {"alarms", folded->alarms},
                                          {"validations", folded->validations},
                                          {"ledger_lines", folded->ledger_lines}};
    }
    print(result, options.as_json);
    return exit_done;
}

}  // namespace segmentd::daemon
