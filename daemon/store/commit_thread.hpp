// Group commit: a thread of its own that owns the store, takes whatever waits and commits it at once.
//
// The engine thread submits and goes on; a batch names what is to happen once it is on the disk, and
// only then may anybody be answered. A full disk is waited for: the batch at hand is applied already and
// cannot be taken back, so it is tried again until there is room, while has_room() says no. After any
// other failed commit nothing is committed any more.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/records.hpp"
#include "daemon/store/store.hpp"

namespace segmentd::daemon {

struct CommitBatch {
    std::vector<Record> records;
    std::vector<Reject> rejects;
    std::vector<LedgerEntry> ledger;
    std::vector<std::function<void()>> once_durable;  // run in order on the store thread; must not wait
};

// What the store thread tells of itself; called on it, must not wait. Each may be left out.
struct CommitWatch {
    std::function<void(const Error&)> on_failure;                  // at most once: the process must end
    std::function<void(const Error&)> on_disk_full;                // nothing is committed for now
    std::function<void()> on_room;                                 // after on_disk_full: commits work again
    std::function<void(std::chrono::duration<double>)> on_commit;  // how long a commit took
};

struct CommitSettings {
    std::size_t most_waiting = 200'000;     // records and rejects together
    std::size_t most_in_a_commit = 50'000;  // a single larger batch is still one commit
    CommitWatch watch;
};

// A moment of the store, as of the last commit.
struct StoreStatus {
    TreeHead head;  // head.size is the last durable sequence
    std::uint64_t customers = 0;
    std::map<std::string, std::uint64_t> reject_counts;
};

class CommitThread {
  public:
    // The store must be a writer whose journal is read.
    CommitThread(Store store, CommitSettings settings);
    ~CommitThread();  // as drain_and_stop
    CommitThread(const CommitThread&) = delete;
    CommitThread& operator=(const CommitThread&) = delete;

    // False where the queue has reached most_waiting, the disk is full, or the thread has failed or been
    // stopped. Any thread.
    bool has_room() const;
    bool waits_for_disk_space() const;

    // From one thread only, after has_room() said yes: a batch is never split or refused, so the queue
    // may exceed its limit by the last one. After a failure or a stop the batch is dropped.
    void submit(CommitBatch batch);

    // Runs between two commits on the store thread, or while it waits for room. False (and it never runs) where 1,000
    // wait already, or the thread has failed or been stopped. A failure drops those that wait. Any thread.
    bool query(std::function<void(Store&)> question);

    StoreStatus status() const;   // any thread
    std::size_t waiting() const;  // records and rejects submitted and not yet durable; any thread

    // When the oldest of those was received; nothing where none waits. Any thread.
    std::optional<Timestamp> oldest_waiting() const;

    // Commits what was submitted, runs the questions that wait, and ends the thread. On a full disk it tries
    // once more and then fails. May be repeated.
    void drain_and_stop();

  private:
    struct Queue;
    void run();
    bool commit(const CommitBatch& batch);
    Result<void> store_batch(const CommitBatch& batch);
    Result<void> wait_for_room(const CommitBatch& batch, const Error& full);
    void end(const Error& error);
    void publish_status();

    Store store_;
    CommitSettings settings_;
    std::unique_ptr<Queue> queue_;
};

}  // namespace segmentd::daemon
