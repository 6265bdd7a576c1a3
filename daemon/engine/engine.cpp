#include "daemon/engine/engine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rules/load/load.hpp"

namespace segmentd::daemon {
namespace {

tl::unexpected<Error> refuse_record(const Record& record, std::string why) {
    return fail(ErrorCode::corrupt, fmt::format("record {}: {}", record.sequence, why),
                "the journal is damaged or was written by another version");
}

// Definitions, models and the clock change for everybody at once; nobody is contacted because of it.
bool is_common_change(const Record& record) {
    return std::holds_alternative<WorkspaceRecord>(record.payload) ||
           std::holds_alternative<ModelRecord>(record.payload) || std::holds_alternative<ClockRecord>(record.payload);
}

std::string cause_of(const Record& record) {
    if (const auto* signal = std::get_if<SignalRecord>(&record.payload)) return "signal " + signal->signal.text;
    if (const auto* model = std::get_if<ModelRecord>(&record.payload)) {
        return fmt::format("model {} v{}", model->model.text, model->version);
    }
    if (const auto* workspace = std::get_if<WorkspaceRecord>(&record.payload))
        return "definitions " + workspace->version;
    return to_word(type_of(record));
}

}  // namespace

Engine::Engine(PastRecords past) : past_(std::move(past)) {}

Result<Effects> Engine::apply(const Record& record) {
    if (record.sequence != records_ + 1) {
        return refuse_record(record, fmt::format("follows record {}", records_));
    }
    if (record.engine_time < engine_time_) return refuse_record(record, "goes back in engine time");
    const auto* workspace = std::get_if<WorkspaceRecord>(&record.payload);
    if (workspace == nullptr && !has_workspace()) return refuse_record(record, "comes before any workspace");

    Population derived;
    if (workspace != nullptr) {
        TRY(book, compile(*workspace));
        TRY(fresh, derive_from_past(book, record));
        derived = std::move(fresh);
    }
    Effects effects;
    const auto* tick = std::get_if<TickRecord>(&record.payload);
    const bool quiet = record.historical || (tick != nullptr && tick->catch_up) || is_common_change(record);
    if (has_workspace()) fire_timers(record.engine_time, quiet, effects);
    engine_time_ = record.engine_time;
    records_ = record.sequence;
    if (workspace != nullptr) adopt(std::move(derived), record, effects);
    if (!record.customer.empty()) take_customer_record(record, effects);
    if (const auto* model = std::get_if<ModelRecord>(&record.payload)) {
        population_.set_model(*model);
        reconsider_all({cause_of(record), engine_time_, true}, effects);
    }
    if (std::holds_alternative<ClockRecord>(record.payload)) clock_ = {record.engine_time, record.received_at};
    if (const auto* delivery = std::get_if<DeliveryRecord>(&record.payload)) touches_.note(*delivery, engine_time_);
    if (const auto* alarm = std::get_if<AlarmRecord>(&record.payload)) {
        reviews_.open(population_.book(), *alarm, engine_time_);
    }
    return effects;
}

// The way of one customer's record: identity and consent, features, outcomes, then the decisions.
void Engine::take_customer_record(const Record& record, Effects& effects) {
    const auto index = population_.find_or_create(record.customer);
    auto& customer = population_.at(index);
    const auto occurred_at = std::min(record.occurred_at, engine_time_);
    if (!customer.first_seen) customer.first_seen = occurred_at;
    if (!record.message_id.empty()) dedupe_.remember(record.customer, record.message_id, record.received_at);
    for (const auto& [purpose, granted] : record.consent) customer.consent[purpose] = granted;
    if (const auto* suppression = std::get_if<SuppressionRecord>(&record.payload)) {
        customer.suppressed = suppression->suppressed;
    }
    if (const auto* profile = std::get_if<ProfileRecord>(&record.payload)) Population::take_profile(customer, *profile);
    if (const auto* signal = std::get_if<SignalRecord>(&record.payload)) {
        population_.take_signal(customer, *signal, {occurred_at, record.sequence, {}}, engine_time_);
        pilots_.observe(population_.book(), customer, *signal, occurred_at);
        if (!record.historical) reviews_.saw(index, customer, engine_time_);
    }
    if (const auto* assignment = std::get_if<AssignmentRecord>(&record.payload)) {
        pilots_.enrol_imported(population_.book(), customer, *assignment, occurred_at);
    }
    if (const auto* exposure = std::get_if<ExposureRecord>(&record.payload)) {
        const auto enrolment = customer.enrolments.find(exposure->pilot);
        if (enrolment != customer.enrolments.end() && !enrolment->second.exposed_at) {
            enrolment->second.exposed_at = engine_time_;
        }
    }
    reconsider(index, {cause_of(record), engine_time_, record.historical}, effects);
}

// Scores, segments, pilots, touches: in this order, for one customer at one instant.
void Engine::reconsider(std::size_t index, const Cause& cause, Effects& effects) {
    auto& customer = population_.at(index);
    const auto& book = population_.book();
    population_.fill_row(customer, cause.at, row_);
    auto changes = decide_memberships(population_, customer, row_, cause);
    pilots_.enrol_where_eligible(book, customer, cause.at);
    pilots_.mature(book, customer, cause.at);
    for (auto& change : changes) {
        if (!cause.quiet) {
            const auto [pilot, arm] = Pilots::arm_in_segment(book, customer, change.segment, change.at);
            auto decisions = touches_.decide(population_, customer, change, {pilot, arm});
            std::ranges::move(decisions, std::back_inserter(effects.touches));
        }
        effects.changes.push_back(std::move(change));
    }
    schedule(index, cause.at);
    hash_.touch(customer.bucket);
}

void Engine::reconsider_all(const Cause& cause, Effects& effects) {
    for (std::size_t index = 0; index < population_.size(); ++index) reconsider(index, cause, effects);
}

// What new definitions make of the past signals, found before anything changes: it may fail.
Result<Population> Engine::derive_from_past(const std::shared_ptr<const rules::Rulebook>& book,
                                            const Record& record) const {
    Population derived;
    derived.use(book);
    if (record.sequence == 1) return derived;
    const auto replayed = past_(record.sequence, [&](const Record& past) {
        const auto* signal = std::get_if<SignalRecord>(&past.payload);
        if (signal == nullptr) return;
        auto& customer = derived.at(derived.find_or_create(past.customer));
        const auto occurred_at = std::min(past.occurred_at, past.engine_time);
        derived.take_signal(customer, *signal, {occurred_at, past.sequence, {}}, record.engine_time);
    });
    if (!replayed) return fail(replayed.error());
    return derived;
}

// New definitions: what is derived from signals is taken over as derived anew; what customers and
// people decided stays.
void Engine::adopt(Population derived, const Record& record, Effects& effects) {
    population_.use(derived.shared_book());
    for (std::size_t i = 0; i < derived.size(); ++i) {
        auto& fresh = derived.at(i);
        const auto index = population_.find(fresh.id);
        if (!index) continue;
        auto& customer = population_.at(*index);
        customer.features = std::move(fresh.features);
        customer.histories = std::move(fresh.histories);
    }
    pilots_.use(population_.book(), population_);
    reviews_.use(population_.book());
    if (record.sequence > 1) reconsider_all({cause_of(record), record.engine_time, true}, effects);
}

Row Engine::row_of(std::size_t index) const {
    Customer customer = population_.at(index);
    Row row;
    population_.fill_row(customer, engine_time_, row);
    const auto first = population_.book().layout.segments;
    for (std::size_t i = 0; i < customer.memberships.size(); ++i) {
        row[first + i] = rules::expression::Value::boolean(customer.memberships[i].has_value());
    }
    return row;
}

Sha256 Engine::state_hash() {
    std::string common =
        fmt::format("records {} at {}, {} message ids\n", records_, to_microseconds(engine_time_), dedupe_.size());
    if (clock_) {
        common += fmt::format("clock {} {}\n", to_microseconds(clock_->engine), to_microseconds(clock_->wall));
    }
    if (has_workspace()) {
        common += fmt::format("definitions {}\n", population_.book().definitions.version);
        for (const auto& [id, model] : population_.models())
            common += fmt::format("model {} {}\n", id.text, model.version);
        pilots_.append_canonical(common);
        touches_.append_canonical(common);
        reviews_.append_canonical(common);
    }
    return hash_.compute(population_, common);
}

Timestamp Engine::time_at(Timestamp wall) const {
    if (clock_) return std::max<Timestamp>(clock_->engine + (wall - clock_->wall), engine_time_);
    const bool waits_for_start = has_workspace() && population_.book().definitions.workspace.clock_start.has_value();
    return waits_for_start ? engine_time_ : std::max(wall, engine_time_);
}

bool Engine::is_duplicate(const CustomerId& customer, const std::string& message_id) const {
    return !message_id.empty() && dedupe_.knows(customer, message_id);
}

Result<void> Engine::check_is_same_workspace(const rules::Definitions& proposed) const {
    if (!has_workspace()) return {};
    const auto& own = population_.book().definitions.workspace.name;
    if (proposed.workspace.name == own) return {};
    return fail(
        {ErrorCode::conflict,
         fmt::format("this store belongs to the workspace '{}', the folder holds '{}'", own, proposed.workspace.name),
         {},
         "other_workspace",
         "name another --data, or the folder of that workspace"});
}

Result<std::shared_ptr<const rules::Rulebook>> Engine::compile(const WorkspaceRecord& workspace) const {
    auto book = compile_workspace(workspace.files);
    if (!book) return fail(book.error().front());
    return *book;
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
