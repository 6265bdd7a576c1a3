#include "daemon/engine/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/engine/touches/announcements.hpp"

namespace segmentd::daemon {
namespace {

tl::unexpected<Error> refuse_record(const Record& record, std::string why) {
    return fail(ErrorCode::corrupt, fmt::format("record {}: {}", record.sequence, why),
                "the journal is damaged or was written by another version");
}

std::string cause_of(const Record& record) {
    if (const auto* signal = std::get_if<SignalRecord>(&record.payload)) return "signal " + signal->signal.text;
    if (const auto* model = std::get_if<ModelRecord>(&record.payload)) {
        return fmt::format("model {} v{}", model->model.text, model->version);
    }
    return to_word(type_of(record));
}

// True where an answer is another than before.
bool take_consents(Customer& customer, const Record& record) {
    bool changes = false;
    for (const auto& [purpose, granted] : record.consent) {
        const auto [answer, is_new] = customer.rest.make().consent.try_emplace(purpose, granted);
        changes = changes || is_new || answer->second != granted;
        answer->second = granted;
    }
    return changes;
}

// The first exposure counts.
void note_exposure(Customer& customer, const PilotId& pilot, Timestamp at) {
    auto* rest = customer.rest.find();
    if (rest == nullptr) return;
    const auto enrolment = rest->enrolments.find(pilot);
    if (enrolment == rest->enrolments.end() || enrolment->second.exposed_at) return;
    enrolment->second.exposed_at = at;
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

    std::optional<NewDefinitions> taken;
    if (workspace != nullptr) {
        TRY(prepared, prepare(*workspace, record));
        taken = std::move(prepared);
    }
    Effects effects;
    if (has_workspace()) fire_timers(record.engine_time, is_quiet(record), effects);
    engine_time_ = record.engine_time;
    records_ = record.sequence;
    if (taken) adopt(std::move(*taken), record, effects);
    if (!record.customer.empty()) {
        take_customer_record(record, effects);
        take_account_record(record, effects);
    }
    take_common_record(record, effects);
    if (record.historical) reviews_.took_in_past(engine_time_);
    const auto* tick = std::get_if<TickRecord>(&record.payload);
    if (tick != nullptr && tick->greets) greet_existing_members(*tick, effects);
    return effects;
}

Effects Engine::pass_time(Timestamp until, bool quiet) {
    Effects effects;
    if (has_workspace()) fire_timers(until, quiet, effects);
    engine_time_ = std::max(engine_time_, until);
    return effects;
}

// What concerns the whole workspace rather than one customer's features.
void Engine::take_common_record(const Record& record, Effects& effects) {
    note_happening(record);
    if (const auto* model = std::get_if<ModelRecord>(&record.payload)) {
        population_.set_model(*model);
        reviews_.model_was_fitted();
        reconsider_all({cause_of(record), engine_time_, true}, effects);
    }
    if (std::holds_alternative<ClockRecord>(record.payload)) clock_ = {record.engine_time, record.received_at};
    if (const auto* delivery = std::get_if<DeliveryRecord>(&record.payload)) take_delivery(*delivery, effects);
    if (const auto* alarm = std::get_if<AlarmRecord>(&record.payload)) {
        announce_review("review.opened", reviews_.open(population_.book(), *alarm, engine_time_), effects);
    }
    if (const auto* validation = std::get_if<ValidationRecord>(&record.payload)) take_validation(*validation, effects);
    if (const auto* pause = std::get_if<PauseRecord>(&record.payload)) take_pause(*pause, record);
    if (const auto* decision = std::get_if<PilotDecisionRecord>(&record.payload)) {
        take_pilot_decision(record, *decision, effects);
    }
    if (const auto* action = std::get_if<ReviewRecord>(&record.payload)) reviews_.act(record, *action);
    if (std::holds_alternative<LearningRecord>(record.payload)) learnings_.push_back(record);
    if (const auto* order = std::get_if<TesterTouchRecord>(&record.payload)) {
        take_decisions(decide_tester_touch({population_, pauses_}, *order, record), effects);
    }
    if (const auto* again = std::get_if<ResendRecord>(&record.payload)) {
        outbox_.reopen(again->endpoint);
        outbox_.resend({again->id, again->endpoint, again->type, record.customer, again->at, again->data});
    }
}

// Standard Webhooks: an endpoint that fails for days is switched off, and its owner is told.
void Engine::take_delivery(const DeliveryRecord& delivery, Effects& effects) {
    const auto* waiting = outbox_.find(delivery.touch);
    if (waiting == nullptr) return;
    const auto endpoint = waiting->event.endpoint;
    outbox_.note(delivery, engine_time_);
    if (!outbox_.is_dead(endpoint, engine_time_) || pauses_.find(PauseTarget::endpoint, endpoint.text) != nullptr)
        return;
    const auto& tally = outbox_.tallies().at(endpoint);
    effects.facts.push_back({PauseRecord{PauseTarget::endpoint, endpoint.text, true},
                             fmt::format("nothing but failures since {}, {} in a row, the last one {}",
                                         to_text(tally.failing_since), tally.failed_in_a_row, tally.last_error)});
}

void Engine::take_pause(const PauseRecord& pause, const Record& record) {
    pauses_.take(pause, record);
    if (pause.target == PauseTarget::pilot) pilots_.pause(PilotId(pause.name), pause.paused);
    if (pause.target == PauseTarget::endpoint && !pause.paused) outbox_.reopen(EndpointId(pause.name));
}

// Our own doings, which a review names as possible causes.
void Engine::note_happening(const Record& record) {
    if (const auto* workspace = std::get_if<WorkspaceRecord>(&record.payload)) {
        reviews_.happened(engine_time_, {},
                          fmt::format("definitions {} applied by {}", workspace->version, record.actor));
    } else if (const auto* model = std::get_if<ModelRecord>(&record.payload)) {
        reviews_.happened(engine_time_, {}, fmt::format("model {} v{} fitted", model->model.text, model->version));
    } else if (const auto* pause = std::get_if<PauseRecord>(&record.payload)) {
        reviews_.happened(engine_time_, {},
                          fmt::format("{} {} {} by {}", to_word(pause->target), pause->name,
                                      pause->paused ? "paused" : "resumed", record.actor));
    }
}

// A segment that nothing sets apart is a question to its steward.
void Engine::take_validation(const ValidationRecord& found, Effects& effects) {
    validations_.note(found, engine_time_);
    if (found.verdict != Verdict::no_measurable_difference) return;
    const auto* review = reviews_.open(population_.book(), found, engine_time_);
    if (review != nullptr) announce_review("review.opened", *review, effects);
}

// The way of one customer's record: identity and consent, features, outcomes, then the decisions.
void Engine::take_customer_record(const Record& record, Effects& effects) {
    const auto known = population_.size();
    const auto index = population_.find_or_create(record.customer);
    auto& customer = population_.at(index);
    const auto occurred_at = std::min(record.occurred_at, engine_time_);
    if (customer.first_seen == never) customer.first_seen = occurred_at;
    if (!record.message_id.empty()) dedupe_.remember(record.customer, record.message_id, record.received_at);
    const bool answers_anew = take_consents(customer, record);
    if (const auto* suppression = std::get_if<SuppressionRecord>(&record.payload)) {
        customer.rest.make().suppressed = suppression->suppressed;
    }
    if (const auto* profile = std::get_if<ProfileRecord>(&record.payload)) population_.take_profile(customer, *profile);
    Touched touched;
    const auto* signal = std::get_if<SignalRecord>(&record.payload);
    if (signal != nullptr) {
        population_.take_signal(customer, *signal, occurred_at, engine_time_, &touched);
        pilots_.observe(population_.book(), customer, *signal, occurred_at);
        if (!record.historical) reviews_.saw(index, customer, engine_time_);
    }
    if (const auto* assignment = std::get_if<AssignmentRecord>(&record.payload)) {
        pilots_.enrol_imported(population_.book(), customer, *assignment, occurred_at);
    }
    if (const auto* exposure = std::get_if<ExposureRecord>(&record.payload)) {
        note_exposure(customer, exposure->pilot, engine_time_);
    }
    const Cause cause{cause_of(record), engine_time_, record.historical};
    const bool tells_of_the_past = signal != nullptr || std::holds_alternative<ProfileRecord>(record.payload);
    const bool recalls = record.historical && tells_of_the_past && !customer.rest->enrolments.empty();
    const bool is_known = index < known;
    if (signal != nullptr && is_known && !answers_anew && !recalls && !population_.has_fixed()) {
        reconsider(index, touched, cause, effects);
    } else {
        reconsider(index, cause, effects);
    }
    if (recalls)
        pilots_.recall(population_.book(), customer, occurred_at, entered_segments(population_, decider_.row()));
}

// What the record says of the account of its customer.
void Engine::take_account_record(const Record& record, Effects& effects) {
    if (accounts_.population().size() == 0 && !std::holds_alternative<GroupRecord>(record.payload)) return;
    auto& customer = population_.at(population_.find_or_create(record.customer));
    const auto change = accounts_.take(customer, record, engine_time_);
    if (change) reconsider_account(*change, {cause_of(record), engine_time_, record.historical}, effects);
}

void Engine::reconsider(std::size_t index, const Cause& cause, Effects& effects) {
    follow(index, decider_.decide_all(population_, index, cause), cause, effects);
    schedule(index, cause.at);
}

void Engine::reconsider(std::size_t index, const Touched& touched, const Cause& cause, Effects& effects) {
    follow(index, decider_.decide_touched(population_, index, touched, cause), cause, effects);
    schedule(index, cause.at, touched);
}

// Pilots, then touches, after the segments of one customer were decided at one instant.
void Engine::follow(std::size_t index, std::vector<MembershipChange> changes, const Cause& cause, Effects& effects) {
    auto& customer = population_.at(index);
    pilots_.enrol_where_eligible(population_, customer, cause.at);
    pilots_.mature(population_.book(), customer, cause.at);
    for (auto& change : changes) {
        if (cause.quiet)
            may_have_ungreeted_ = true;
        else
            decide_events(index, change, effects);
        effects.changes.push_back(std::move(change));
    }
    hash_.touch(customer.bucket);
}

// What follows from a change that happened before everybody's eyes.
void Engine::decide_events(std::size_t index, const MembershipChange& change, Effects& effects) {
    const auto& customer = population_.at(index);
    const auto [pilot, arm] = Pilots::arm_in_segment(population_.book(), customer, change.segment, change.at);
    contact(index, change, {pilot, arm}, effects);
    take_decisions(announce_change({population_, pauses_}, customer, change), effects);
}

void Engine::contact(std::size_t index, const MembershipChange& change, const PilotArm& pilot, Effects& effects) {
    auto& customer = population_.at(index);
    auto decisions = decide_touches({population_, pauses_}, customer, change, pilot);
    for (const auto& decision : decisions) {
        if (decision.fate == TouchFate::send) reviews_.touched(change.at, change.segment);
    }
    take_decisions(std::move(decisions), effects);
    const auto* playbook = playbook_for(population_, change.segment, pilot);
    auto membership = customer.memberships[*rules::index_of(population_.book().definitions.segments, change.segment)];
    if (!change.entered || !membership || playbook == nullptr) return;
    membership->greeted = playbook_mark(playbook->id);
    customer.memberships.put(*membership);
}

void Engine::announce_review(const char* type, const Review& review, Effects& effects) {
    take_decisions(
        announce({population_, pauses_}, {type, fmt::format("review {} call {}", review.number, review.calls),
                                          engine_time_, review_data(review)}),
        effects);
}

void Engine::take_decisions(std::vector<EventDecision> decisions, Effects& effects) {
    for (auto& decision : decisions) {
        if (outbox_.take(decision)) effects.events.push_back(std::move(decision));
    }
}

void Engine::reconsider_all(const Cause& cause, Effects& effects) {
    population_.visit_all([&](std::size_t index) { reconsider(index, cause, effects); });
}

Row Engine::row_of(std::size_t index) const {
    return row_with_memberships(population_, index, engine_time_);
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
        pauses_.append_canonical(common);
        outbox_.append_canonical(common);
        reviews_.append_canonical(common);
        validations_.append_canonical(common);
        accounts_.append_canonical(common);
    }
    return hash_.compute(population_, common);
}

const Zone& Engine::calendar() const {
    return has_workspace() ? population_.book().definitions.workspace.calendar : Zone::utc();
}

Timestamp Engine::time_at(Timestamp wall) const {
    if (clock_) return std::max<Timestamp>(clock_->engine + (wall - clock_->wall), engine_time_);
    return first_start() ? engine_time_ : std::max(wall, engine_time_);
}

std::optional<Timestamp> Engine::first_start() const {
    if (clock_ || !has_workspace()) return std::nullopt;
    const auto start = population_.book().definitions.workspace.clock_start;
    return start ? std::optional(std::max(*start, engine_time_)) : std::nullopt;
}

bool Engine::is_duplicate(const CustomerId& customer, const std::string& message_id) const {
    return !message_id.empty() && dedupe_.knows(customer, message_id);
}

bool is_quiet(const Record& record) {
    const auto* tick = std::get_if<TickRecord>(&record.payload);
    return record.historical || (tick != nullptr && tick->catch_up) ||
           std::holds_alternative<WorkspaceRecord>(record.payload) ||
           std::holds_alternative<ModelRecord>(record.payload) || std::holds_alternative<ClockRecord>(record.payload);
}

}  // namespace segmentd::daemon
