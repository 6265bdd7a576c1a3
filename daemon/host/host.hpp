// The host keeps the engine running: one thread that gives every input its place in the journal
// and its engine time, applies it and hands it to the store.
//
// Nobody is answered and nothing leaves before the store says that it is durable. While the disk is full
// nothing is taken in and time brings no ticks; the next tick catches up with all of it. Questions go
// ahead of inputs. The engine thread never waits for a disk or a socket.
//
// New definitions are put to a second engine, folded from the journal beside the one that serves. It takes the other's
// place at one position of the journal: from the moment at which it has caught up until then inputs wait (a full queue
// says so), while questions are answered by the engine as it was.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "daemon/engine/engine.hpp"
#include "daemon/host/fold.hpp"
#include "daemon/host/ledger_maker.hpp"
#include "daemon/host/wall_clock.hpp"
#include "daemon/store/commit_thread.hpp"

namespace segmentd::daemon {

struct IntakeOutcome {
    std::size_t accepted = 0;
    std::size_t duplicates = 0;
    std::optional<Error> error;  // a record that could not be applied; nothing after it was taken
};

// The records and rejects of one request: applied in order, acknowledged together.
struct Intake {
    std::vector<Record> records;  // without sequence and engine time
    std::vector<Reject> rejects;
    std::function<void(const IntakeOutcome&)> done;  // once durable; called on the store thread
    // Instead of records: finds them on the engine thread from the state that they follow on. An Error
    // leaves everything as it was and goes to `done`.
    std::function<Result<std::vector<Record>>(const Engine&)> find{};
    // What became of an event: taken in although the queue or the disk is full, for its sender waits until it is
    // durable.
    bool is_our_own = false;
};

struct HostSettings {
    std::size_t most_waiting = 200'000;  // records in the queue of the engine thread
    Duration max_clock_step = std::chrono::minutes(5);
    // How an endpoint fared before this start; before start() hands any event out.
    std::function<void(const EndpointId&, const EndpointTally&)> on_past;
    // An event is durable and to be sent; on the store thread, or before start() returns.
    std::function<void(const Outbox::Waiting&)> on_event;
    // An endpoint is to be sent nothing from here on, or something again; as on_event.
    std::function<void(const EndpointId&, EndpointStop)> on_stop;
    // Other definitions are in force; on a thread of the host that may wait.
    std::function<void()> on_definitions;
    CommitWatch watch;
    std::optional<ClockAnchor> clock_anchor;  // of the run before, where it is known
};

class Host {
  public:
    // Folds the journal of the store; then start() begins to serve.
    static Result<std::unique_ptr<Host>> open(Store store, HostSettings settings);
    ~Host();  // as stop()

    // Hands out the touches that still wait, records alarms that a kill left unrecorded, puts the
    // workspace in force (without files what is in force stays), ties its clock where it has one of its own, catches up
    // with the time that passed, contacts existing members where their playbook asks for them, waits until all of this
    // is durable, and starts the threads.
    Result<void> start(const std::map<std::string, std::string>& files);

    // False where the queue is full or the host has stopped: answer 503 and Retry-After. Any thread.
    bool offer(Intake intake);

    // Makes a record of what a person ordered: `make` checks it against the state on the engine thread and
    // gives the record (its sequence and times are filled in) or refuses. `done` hears the sequence once it is
    // durable, on the store thread. False where the host has stopped. Any thread.
    using MakeOrder = std::function<Result<Record>(const Engine&)>;
    bool order(MakeOrder make, std::function<void(Result<std::uint64_t>)> done);

    // Runs on the engine thread before any further input. False once stopped. Any thread.
    bool ask(std::function<void(Engine&)> question);

    // Work on a fold beside the engine that serves, on a thread of its own.
    struct Beside {
        // The fold stands at the last durable record. Where is_kept, what this appends is put in force; an Error leaves
        // everything as it was.
        std::function<Result<void>(Fold&)> work;
        bool is_kept = false;
        std::string
            at{};  // a past instant at which the fold stands instead, see Fold::stand_at(); not for what is kept
        std::function<void(Result<void>)> done;  // once durable where kept; on a thread of the host
        // True where nobody waits for it any more: then it ends with an Error and is not put in force. Asked before the
        // inputs are held and last when it would be put in force. Empty: never. Any thread.
        std::function<bool()> is_given_up{};
    };

    // One at a time, in order, what is kept before what only looks. An Error where eight of its kind wait already or
    // the host has stopped. Any thread.
    Result<void> try_beside(Beside task);

    // Puts other definitions in force and contacts existing members where their playbook asks for them; `done` hears
    // the version. As try_beside().
    Result<void> reload(std::map<std::string, std::string> files, std::function<void(Result<std::string>)> done);

    // Hands out once more the events that wait for this endpoint. Any thread.
    void hand_out(const EndpointId& endpoint);

    // Believes a held step of the wall clock. False once stopped. Any thread.
    bool confirm_clock();

    const std::filesystem::path& directory() const { return directory_; }

    // Any thread: the running definitions (null before there are any), the engine time at this moment, and the wall
    // clock as it is trusted.
    std::shared_ptr<const rules::Rulebook> book() const;
    Timestamp engine_now() const;
    Timestamp wall_now() const;

    // Customers about whom a segment with missing: error could not decide; 0 for segments that are gone. Any thread.
    std::map<SegmentId, std::int64_t> undecided() const;

    CommitThread& commits() { return *commits_; }
    std::size_t waiting() const { return waiting_.load(); }
    std::optional<Timestamp> oldest_undurable() const;  // when it was received; nothing where all is durable
    std::size_t timers() const { return timers_.load(); }
    Duration timer_lag() const;  // for how long the next timer has been due; 0 where none is
    bool clock_is_held() const { return clock_is_held_.load(); }
    std::chrono::steady_clock::duration since_last_turn() const;  // of the engine thread; for the watchdog

    // Applies what was accepted and ends the engine thread; the store thread still takes questions.
    void stop_intake();

    // As stop_intake(), then commits everything and ends the store thread. May be repeated.
    void stop();

  private:
    Host(Store store, HostSettings settings);
    void run();
    void turn();
    std::size_t expect(const std::vector<Intake>& inputs, std::size_t next) const;
    void take(Intake& intake, CommitBatch& batch);
    Result<void> take_order(const MakeOrder& make, const std::function<void(Result<std::uint64_t>)>& done);
    void hand_out_pending();
    void hold_events(const Record& record, const Effects& effects, CommitBatch& batch);
    void hold_event(const std::string& id, CommitBatch& batch);
    void hold_stop(const PauseRecord& pause, CommitBatch& batch);
    void run_beside();
    Result<void> work_beside(const Beside& task);
    struct HeldAt {
        std::uint64_t end = 0;  // the records before this one are all there are
        Timestamp wall{};
    };
    Result<HeldAt> hold_intake();
    void release_intake();
    Result<void> check_may_take_over(const Beside& task, const HeldAt& held) const;
    void take_over(Fold& fold, const std::function<void(Result<void>)>& done);
    void stop_beside();
    PastRecords past();
    Result<Effects> append(Record record, CommitBatch& batch);
    Result<void> append_now(Record record);
    Result<void> greet_existing_members();
    Result<void> use_workspace(const std::map<std::string, std::string>& files);
    Result<void> read_past(std::uint64_t end, const RecordVisitor& visit);
    Result<void> wait_until_durable() const;  // everything submitted so far
    void submit(CommitBatch batch);
    void publish();
    void publish_clock();
    void publish_undecided();
    void resume_clock(Timestamp received_last);
    void note_turn();
    void tick_when_due(CommitBatch& batch);
    Record system_record(Payload payload);

    HostSettings settings_;
    std::filesystem::path directory_;
    std::unique_ptr<Store> unread_;  // until start() hands it to the commit thread
    std::unique_ptr<CommitThread> commits_;
    WallClock clock_;
    std::unique_ptr<Engine> engine_;
    bool is_held_ = false;                            // inputs wait; the engine thread's own
    std::vector<std::function<void()>> held_orders_;  // as is_held_
    mutable std::mutex input_mutex_;
    std::condition_variable input_ready_;
    std::deque<Intake> inputs_;
    std::deque<std::function<void(Engine&)>> questions_;
    bool stopping_ = false;
    std::atomic<std::size_t> waiting_{0};

    mutable std::mutex book_mutex_;
    std::shared_ptr<const rules::Rulebook> book_;
    std::map<SegmentId, std::int64_t> undecided_;
    std::atomic<std::int64_t> clock_offset_{0};  // engine minus system, microseconds
    std::atomic<std::int64_t> wall_offset_{0};   // trusted wall minus system, microseconds
    std::atomic<bool> clock_is_held_{false};
    std::atomic<std::size_t> timers_{0};
    std::atomic<std::int64_t> next_due_{to_microseconds(never)};
    std::atomic<std::chrono::steady_clock::rep> last_turn_{0};
    std::thread thread_;

    std::mutex beside_mutex_;
    std::condition_variable beside_ready_;
    std::deque<Beside> kept_beside_;
    std::deque<Beside> beside_;  // what only looks
    std::atomic<bool> beside_stops_{false};
    std::thread beside_thread_;
};

}  // namespace segmentd::daemon
