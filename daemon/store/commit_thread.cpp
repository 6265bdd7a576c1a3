#include "daemon/store/commit_thread.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <mutex>
#include <span>
#include <thread>
#include <utility>

namespace segmentd::daemon {
namespace {

constexpr std::size_t most_questions = 1000;
constexpr std::chrono::seconds longest_sleep{1};

std::size_t size_of(const CommitBatch& batch) {
    return batch.records.size() + batch.rejects.size();
}

CommitBatch merge(std::vector<CommitBatch> batches);

}  // namespace

// What the threads share, all of it under the mutex.
struct CommitThread::Queue {
    using Question = std::function<void(Store&)>;
    struct Work {
        std::vector<CommitBatch> batches;
        std::vector<Question> questions;
        bool is_last = false;
    };

    bool is_open() const { return !is_stopping && !has_failed; }
    Work take(std::size_t most_in_a_commit);

    mutable std::mutex mutex;
    std::condition_variable work_waits;
    std::deque<CommitBatch> batches;
    std::vector<Question> questions;
    std::size_t waiting = 0;
    bool is_stopping = false;
    bool has_failed = false;
    StoreStatus status;
    std::thread thread;
};

CommitThread::CommitThread(Store store, CommitSettings settings)
    : store_(std::move(store)), settings_(std::move(settings)), queue_(std::make_unique<Queue>()) {
    publish_status();
    queue_->thread = std::thread([this] { run(); });
}

CommitThread::~CommitThread() {
    drain_and_stop();
}

bool CommitThread::has_room() const {
    const std::lock_guard lock(queue_->mutex);
    return queue_->is_open() && queue_->waiting < settings_.most_waiting;
}

void CommitThread::submit(CommitBatch batch) {
    {
        const std::lock_guard lock(queue_->mutex);
        if (!queue_->is_open()) return;
        queue_->waiting += size_of(batch);
        queue_->batches.push_back(std::move(batch));
    }
    queue_->work_waits.notify_one();
}

bool CommitThread::query(std::function<void(Store&)> question) {
    {
        const std::lock_guard lock(queue_->mutex);
        if (!queue_->is_open() || queue_->questions.size() >= most_questions) return false;
        queue_->questions.push_back(std::move(question));
    }
    queue_->work_waits.notify_one();
    return true;
}

StoreStatus CommitThread::status() const {
    const std::lock_guard lock(queue_->mutex);
    return queue_->status;
}

std::size_t CommitThread::waiting() const {
    const std::lock_guard lock(queue_->mutex);
    return queue_->waiting;
}

void CommitThread::drain_and_stop() {
    {
        const std::lock_guard lock(queue_->mutex);
        queue_->is_stopping = true;
    }
    queue_->work_waits.notify_one();
    if (queue_->thread.joinable()) queue_->thread.join();
}

void CommitThread::run() {
    for (;;) {
        Queue::Work work = queue_->take(settings_.most_in_a_commit);
        if (!work.batches.empty() && !commit(merge(std::move(work.batches)))) return;
        for (const auto& question : work.questions) question(store_);
        if (work.is_last) return;
    }
}

// False after a failure, which ends the thread.
bool CommitThread::commit(CommitBatch batch) {
    const auto committed = store_.commit(batch.records, batch.rejects, batch.ledger);
    if (!committed) {
        {
            const std::lock_guard lock(queue_->mutex);
            queue_->has_failed = true;
            queue_->batches.clear();
            queue_->questions.clear();
        }
        if (settings_.on_failure) settings_.on_failure(committed.error());
        return false;
    }
    publish_status();
    {
        const std::lock_guard lock(queue_->mutex);
        queue_->waiting -= size_of(batch);
    }
    if (settings_.on_durable) settings_.on_durable(store_.record_count());
    return true;
}

void CommitThread::publish_status() {
    StoreStatus status{store_.tree_head(), store_.customer_count(), store_.reject_counts()};
    const std::lock_guard lock(queue_->mutex);
    queue_->status = std::move(status);
}

// Waits for work. The last work is an empty queue after drain_and_stop.
CommitThread::Queue::Work CommitThread::Queue::take(std::size_t most_in_a_commit) {
    std::unique_lock lock(mutex);
    while (batches.empty() && questions.empty() && !is_stopping) work_waits.wait_for(lock, longest_sleep);
    Work work;
    for (std::size_t size = 0; !batches.empty(); batches.pop_front()) {
        size += size_of(batches.front());
        if (!work.batches.empty() && size > most_in_a_commit) break;
        work.batches.push_back(std::move(batches.front()));
    }
    work.questions = std::exchange(questions, {});
    work.is_last = is_stopping && batches.empty();
    return work;
}

namespace {

CommitBatch merge(std::vector<CommitBatch> batches) {
    CommitBatch whole = std::move(batches.front());
    if (batches.size() == 1) return whole;
    std::size_t records = 0;
    for (const CommitBatch& batch : batches) records += batch.records.size();
    whole.records.reserve(records + whole.records.size());
    for (CommitBatch& batch : std::span(batches).subspan(1)) {
        std::move(batch.records.begin(), batch.records.end(), std::back_inserter(whole.records));
        std::move(batch.rejects.begin(), batch.rejects.end(), std::back_inserter(whole.rejects));
        std::move(batch.ledger.begin(), batch.ledger.end(), std::back_inserter(whole.ledger));
    }
    return whole;
}

}  // namespace
}  // namespace segmentd::daemon
