#include "daemon/host/host.hpp"

#include <algorithm>

#include "daemon/telemetry/log.hpp"

namespace segmentd::daemon {
namespace {

constexpr auto longest_nap = std::chrono::seconds(1);
constexpr std::size_t records_a_turn = 20'000;
constexpr std::size_t records_expected = 256;  // at once: what they read fits into the caches

}  // namespace

Host::Host(Store store, HostSettings settings)
    : settings_(std::move(settings)),
      directory_(store.directory()),
      unread_(std::make_unique<Store>(std::move(store))),
      clock_(WallClock::of_system(settings_.max_clock_step)),
      engine_(std::make_unique<Engine>(past())) {}

Host::~Host() {
    stop();
}

bool Host::offer(Intake intake) {
    const std::size_t count = intake.records.size() + intake.rejects.size();
    if (!intake.is_our_own && !commits_->has_room()) return false;
    {
        const std::lock_guard lock(input_mutex_);
        if (stopping_ || (!intake.is_our_own && waiting_ + count > settings_.most_waiting)) return false;
        waiting_ += count;
        inputs_.push_back(std::move(intake));
    }
    input_ready_.notify_one();
    return true;
}

bool Host::ask(std::function<void(Engine&)> question) {
    {
        const std::lock_guard lock(input_mutex_);
        if (stopping_) return false;
        questions_.push_back(std::move(question));
    }
    input_ready_.notify_one();
    return true;
}

bool Host::order(MakeOrder make, std::function<void(Result<std::uint64_t>)> done) {
    return ask([this, make = std::move(make), done = std::move(done)](Engine&) {
        auto take = [this, make, done] {
            if (auto taken = take_order(make, done); !taken) done(fail(std::move(taken).error()));
        };
        if (is_held_) return held_orders_.push_back(std::move(take));
        take();
    });
}

Result<void> Host::take_order(const MakeOrder& make, const std::function<void(Result<std::uint64_t>)>& done) {
    if (!commits_->has_room()) {
        return commits_->waits_for_disk_space()
                   ? fail(ErrorCode::unavailable, "the disk is full", "free some disk space")
                   : fail(ErrorCode::unavailable, "the queue is full", "try again later");
    }
    TRY(record, make(*engine_));
    record.received_at = clock_.now();
    record.occurred_at = engine_->time_at(record.received_at);
    CommitBatch batch;
    const auto* pause = std::get_if<PauseRecord>(&record.payload);
    const bool resumes = pause != nullptr && !pause->paused;
    auto effects = append(std::move(record), batch);
    if (effects && resumes && engine_->awaits_greeting())
        effects = append(system_record(TickRecord{.greets = true, .spares_paused = true}), batch);
    if (!effects) return fail(std::move(effects).error());
    batch.once_durable.emplace_back([done, sequence = batch.records.front().sequence] { done(sequence); });
    submit(std::move(batch));
    return {};
}

// What the fold says of events that wait and of endpoints that are to be left alone.
void Host::hand_out_pending() {
    for (const auto& [endpoint, tally] : engine_->outbox().tallies()) {
        if (settings_.on_past) settings_.on_past(endpoint, tally);
    }
    if (settings_.on_stop) {
        for (const auto& [endpoint, tally] : engine_->outbox().tallies()) {
            if (tally.is_gone) settings_.on_stop(endpoint, EndpointStop::gone);
        }
        for (const auto& [what, pause] : engine_->pauses().all()) {
            if (what.first == PauseTarget::endpoint) settings_.on_stop(EndpointId(what.second), EndpointStop::paused);
        }
    }
    for (const auto* waiting : engine_->outbox().pending()) {
        if (settings_.on_event) settings_.on_event(*waiting);
    }
}

void Host::hand_out(const EndpointId& endpoint) {
    ask([this, endpoint](Engine& engine) {
        CommitBatch batch;  // they may not be durable yet
        for (const auto* waiting : engine.outbox().pending()) {
            if (waiting->event.endpoint != endpoint || !settings_.on_event) continue;
            batch.once_durable.emplace_back([this, event = *waiting] { settings_.on_event(event); });
        }
        submit(std::move(batch));
    });
}

void Host::stop_intake() {
    {
        const std::lock_guard lock(input_mutex_);
        stopping_ = true;
    }
    beside_stops_ = true;
    input_ready_.notify_one();
    if (thread_.joinable()) thread_.join();
    stop_beside();
}

void Host::stop() {
    stop_intake();
    if (commits_) commits_->drain_and_stop();
}

void Host::run() {
    bool is_last = false;
    while (true) {
        {
            std::unique_lock lock(input_mutex_);
            const auto has_work = [&] { return stopping_ || (!inputs_.empty() && !is_held_) || !questions_.empty(); };
            auto nap = std::chrono::microseconds(longest_nap);
            const auto due = engine_->next_due();
            if (due != never && !is_held_ && commits_->has_room())
                nap = std::clamp<Duration>(due - engine_->time_at(clock_.now()), Duration(0), nap);
            input_ready_.wait_for(lock, nap, has_work);
            if (stopping_ && inputs_.empty() && questions_.empty() && held_orders_.empty()) return;
            is_last = stopping_;
        }
        if (is_last) release_intake();
        turn();
    }
}

// One turn: questions first, then as many inputs as fit into a commit, then what time brings. While the intake is held,
// questions alone.
void Host::turn() {
    note_turn();
    publish_clock();
    std::deque<std::function<void(Engine&)>> questions;
    std::vector<Intake> inputs;
    {
        const std::lock_guard lock(input_mutex_);
        questions.swap(questions_);
    }
    for (const auto& question : questions) question(*engine_);
    {
        const std::lock_guard lock(input_mutex_);
        std::size_t records = 0;
        while (!is_held_ && !inputs_.empty() && records < records_a_turn) {
            records += inputs_.front().records.size() + inputs_.front().rejects.size();
            inputs.push_back(std::move(inputs_.front()));
            inputs_.pop_front();
        }
        waiting_ -= records;
    }
    CommitBatch batch;
    std::size_t expected = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (i == expected) expected = expect(inputs, i);
        take(inputs[i], batch);
    }
    if (!is_held_) tick_when_due(batch);
    submit(std::move(batch));
    timers_ = engine_->timers();
    next_due_ = to_microseconds(engine_->next_due());
    publish_undecided();
}

// Lets the engine bring near what the inputs from this one on will read, some hundred records of them. Returns the
// first one for which it did not.
std::size_t Host::expect(const std::vector<Intake>& inputs, std::size_t next) const {
    std::vector<std::string_view> customers;
    for (; next < inputs.size() && customers.size() < records_expected; ++next) {
        for (const auto& record : inputs[next].records) customers.push_back(record.customer.text);
    }
    engine_->expect(customers);
    return next;
}

void Host::take(Intake& intake, CommitBatch& batch) {
    IntakeOutcome outcome;
    if (intake.find) {
        submit(std::exchange(batch, {}));  // it may read the past, which is only what was submitted
        auto found = intake.find(*engine_);
        if (found) intake.records = std::move(*found);
        if (!found) outcome.error = std::move(found).error();
    }
    for (auto& record : intake.records) {
        if (engine_->is_duplicate(record.customer, record.message_id)) {
            ++outcome.duplicates;
            continue;
        }
        auto effects = append(std::move(record), batch);
        if (!effects) {
            outcome.error = std::move(effects).error();
            break;
        }
        ++outcome.accepted;
    }
    std::ranges::move(intake.rejects, std::back_inserter(batch.rejects));
    if (intake.done) batch.once_durable.push_back([done = std::move(intake.done), outcome] { done(outcome); });
}

Result<Effects> Host::append(Record record, CommitBatch& batch) {
    if (record.engine_time == Timestamp{}) record.engine_time = engine_->time_at(clock_.now());
    const auto make = [this](Payload payload) { return system_record(std::move(payload)); };
    return apply_with_facts(*engine_, std::move(record), make, [&](Record next, const Effects& effects) {
        std::ranges::move(ledger_entries(next, effects), std::back_inserter(batch.ledger));
        hold_events(next, effects, batch);
        batch.records.push_back(std::move(next));
        for (const auto& fact : effects.facts) {
            if (fact.reason.empty()) continue;
            log_warning("host", "the system stopped an endpoint", LogField("reason", fact.reason));
        }
    });
}

// Events leave once the record that decided them is durable.
void Host::hold_events(const Record& record, const Effects& effects, CommitBatch& batch) {
    for (const auto& decision : effects.events) {
        if (decision.fate == TouchFate::send) hold_event(decision.event.id, batch);
    }
    if (const auto* again = std::get_if<ResendRecord>(&record.payload)) hold_event(again->id, batch);
    if (const auto* pause = std::get_if<PauseRecord>(&record.payload)) hold_stop(*pause, batch);
}

void Host::hold_event(const std::string& id, CommitBatch& batch) {
    const auto* waiting = engine_->outbox().find(id);
    if (waiting == nullptr || !settings_.on_event) return;
    batch.once_durable.emplace_back([this, event = *waiting] { settings_.on_event(event); });
}

void Host::hold_stop(const PauseRecord& pause, CommitBatch& batch) {
    if (!settings_.on_stop || pause.target != PauseTarget::endpoint) return;
    const auto stop = pause.paused ? EndpointStop::paused : EndpointStop::none;
    batch.once_durable.emplace_back(
        [this, stop, endpoint = EndpointId(pause.name)] { settings_.on_stop(endpoint, stop); });
}

Result<void> Host::append_now(Record record) {
    CommitBatch batch;
    auto effects = append(std::move(record), batch);
    if (!effects) return fail(std::move(effects).error());
    submit(std::move(batch));
    return {};
}

void Host::tick_when_due(CommitBatch& batch) {
    if (engine_->next_due() > engine_->time_at(clock_.now()) || !commits_->has_room()) return;
    if (auto effects = append(system_record(TickRecord{}), batch); !effects && settings_.watch.on_failure) {
        settings_.watch.on_failure(effects.error());
    }
}

Record Host::system_record(Payload payload) {
    Record record;
    record.received_at = clock_.now();
    record.occurred_at = engine_->time_at(record.received_at);
    record.actor = "system";
    record.payload = std::move(payload);
    return record;
}

void Host::submit(CommitBatch batch) {
    if (batch.records.empty() && batch.rejects.empty() && batch.once_durable.empty()) return;
    commits_->submit(std::move(batch));
}

void Host::publish() {
    publish_clock();
    publish_undecided();
    const std::lock_guard lock(book_mutex_);
    book_ = engine_->population().shared_book();
}

void Host::publish_undecided() {
    const auto& segments = engine_->population().book().definitions.segments;
    const std::lock_guard lock(book_mutex_);
    for (auto& [segment, customers] : undecided_) customers = 0;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        if (segments[i].missing == rules::MissingRule::error) undecided_[segments[i].id] = engine_->undecided()[i];
    }
}

// The offsets are against the system's clock, which the readers of engine_now() ask; while a step is
// held they take the step back out.
void Host::publish_clock() {
    const auto trusted = clock_.now();
    const auto system = std::chrono::floor<Duration>(std::chrono::system_clock::now());
    clock_offset_ = (engine_->time_at(trusted) - system).count();
    wall_offset_ = (trusted - system).count();
    if (clock_is_held_.exchange(clock_.is_held()) == clock_.is_held()) return;
    if (clock_.is_held())
        log_warning("host", "the wall clock is held until it is confirmed", LogField("wall", to_text(system)),
                    LogField("trusted", to_text(trusted)));
    else
        log_info("host", "the wall clock is followed again", LogField("wall", to_text(system)));
}

void Host::resume_clock(Timestamp received_last) {
    clock_.not_before(received_last);
    if (settings_.clock_anchor) clock_.resume(*settings_.clock_anchor);
}

void Host::note_turn() {
    last_turn_ = std::chrono::steady_clock::now().time_since_epoch().count();
}

std::chrono::steady_clock::duration Host::since_last_turn() const {
    const auto last = std::chrono::steady_clock::duration(last_turn_.load());
    return std::chrono::steady_clock::now().time_since_epoch() - last;
}

bool Host::confirm_clock() {
    return ask([this](Engine&) {
        clock_.confirm();
        publish_clock();
    });
}

std::shared_ptr<const rules::Rulebook> Host::book() const {
    const std::lock_guard lock(book_mutex_);
    return book_;
}

std::map<SegmentId, std::int64_t> Host::undecided() const {
    const std::lock_guard lock(book_mutex_);
    return undecided_;
}

std::optional<Timestamp> Host::oldest_undurable() const {
    if (const auto applied = commits_->oldest_waiting()) return applied;
    const std::lock_guard lock(input_mutex_);
    for (const auto& intake : inputs_) {
        if (!intake.records.empty()) return intake.records.front().received_at;
        if (!intake.rejects.empty()) return intake.rejects.front().received_at;
    }
    return std::nullopt;
}

Duration Host::timer_lag() const {
    const auto due = from_microseconds(next_due_.load());
    return due == never ? Duration(0) : std::max(engine_now() - due, Duration(0));
}

Timestamp Host::engine_now() const {
    const auto wall = std::chrono::floor<Duration>(std::chrono::system_clock::now());
    return wall + Duration(clock_offset_.load());
}

Timestamp Host::wall_now() const {
    const auto wall = std::chrono::floor<Duration>(std::chrono::system_clock::now());
    return wall + Duration(wall_offset_.load());
}

}  // namespace segmentd::daemon
