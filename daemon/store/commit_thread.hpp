// Group commit: a thread of its own that owns the store, takes whatever waits and commits it at once.
//
// The engine thread submits and goes on; on_durable tells how far the journal is on the disk, and
// only then may anybody be answered. After a failed commit nothing is committed any more.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/records.hpp"
#include "daemon/store/store.hpp"

namespace segmentd::daemon {

struct CommitBatch {
    std::vector<Record> records;
    std::vector<Reject> rejects;
    std::vector<LedgerEntry> ledger;
};

struct CommitSettings {
    std::size_t most_waiting = 200'000;     // records and rejects together
    std::size_t most_in_a_commit = 50'000;  // a single larger batch is still one commit

    // Both run on the store thread and must not wait. on_durable: every record up to this sequence is
    // durable; called after each commit, never with a smaller number. on_failure: at most once.
    std::function<void(std::uint64_t sequence)> on_durable;
    std::function<void(const Error& error)> on_failure;
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

    // False where the queue has reached most_waiting, or the thread has failed or been stopped. Any thread.
    bool has_room() const;

    // From one thread only, after has_room() said yes: a batch is never split or refused, so the queue
    // may exceed its limit by the last one. After a failure or a stop the batch is dropped.
    void submit(CommitBatch batch);

    // Runs between two commits on the store thread. False (and it never runs) where 1,000 wait already, or
    // the thread has failed or been stopped. A failure drops those that wait. Any thread.
    bool query(std::function<void(Store&)> question);

    StoreStatus status() const;   // any thread
    std::size_t waiting() const;  // records and rejects submitted and not yet durable; any thread

    // Commits what was submitted, runs the questions that wait, and ends the thread. May be repeated.
    void drain_and_stop();

  private:
    struct Queue;
    void run();
    bool commit(CommitBatch batch);
    void publish_status();

    Store store_;
    CommitSettings settings_;
    std::unique_ptr<Queue> queue_;
};

}  // namespace segmentd::daemon
