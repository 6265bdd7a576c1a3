#include "daemon/store/commit_thread.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <mutex>
#include <span>
#include <thread>
#include <utility>

#include "daemon/store/files.hpp"

namespace segmentd::daemon {
namespace {

constexpr std::size_t most_questions = 1000;
constexpr std::chrono::seconds longest_sleep{1};
constexpr std::chrono::milliseconds first_retry{50};
constexpr std::chrono::milliseconds longest_retry{2000};

std::size_t size_of(const CommitBatch& batch) {
    return batch.records.size() + batch.rejects.size();
}

std::optional<Timestamp> first_received(const CommitBatch& batch);
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

    // Questions that come until then; nothing at the deadline or a stop.
    std::vector<Question> questions_until(std::chrono::steady_clock::time_point deadline);

    mutable std::mutex mutex;
    std::condition_variable work_waits;
    std::deque<CommitBatch> batches;
    std::vector<Question> questions;
    std::size_t waiting = 0;
    bool is_stopping = false;
    bool has_failed = false;
    bool is_disk_full = false;
    std::optional<Timestamp> oldest_at_hand;  // of the work that was taken and is not durable yet
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
    return queue_->is_open() && !queue_->is_disk_full && queue_->waiting < settings_.most_waiting;
}

bool CommitThread::waits_for_disk_space() const {
    const std::lock_guard lock(queue_->mutex);
    return queue_->is_disk_full;
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

std::optional<Timestamp> CommitThread::oldest_waiting() const {
    const std::lock_guard lock(queue_->mutex);
    if (queue_->oldest_at_hand || queue_->batches.empty()) return queue_->oldest_at_hand;
    return first_received(queue_->batches.front());
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
bool CommitThread::commit(const CommitBatch& batch) {
    auto committed = store_batch(batch);
    if (!committed && is_disk_full(committed.error())) committed = wait_for_room(batch, committed.error());
    if (!committed) {
        end(committed.error());
        return false;
    }
    publish_status();
    {
        const std::lock_guard lock(queue_->mutex);
        queue_->waiting -= size_of(batch);
        queue_->oldest_at_hand.reset();
    }
    for (const auto& work : batch.once_durable) work();
    return true;
}

Result<void> CommitThread::store_batch(const CommitBatch& batch) {
    if (size_of(batch) == 0) return {};
    const auto begun = std::chrono::steady_clock::now();
    auto committed = store_.commit(batch.records, batch.rejects, batch.ledger);
    if (committed && settings_.watch.on_commit) settings_.watch.on_commit(std::chrono::steady_clock::now() - begun);
    return committed;
}

Result<void> CommitThread::wait_for_room(const CommitBatch& batch, const Error& full) {
    const auto note = [this](bool is_full) {
        const std::lock_guard lock(queue_->mutex);
        queue_->is_disk_full = is_full;
        return queue_->is_stopping;
    };
    bool is_last_try = note(true);
    if (settings_.watch.on_disk_full) settings_.watch.on_disk_full(full);
    Result<void> committed = fail(full);
    for (auto wait = first_retry;; wait = std::min(2 * wait, longest_retry)) {
        const auto until = std::chrono::steady_clock::now() + wait;
        for (auto asked = queue_->questions_until(until); !asked.empty(); asked = queue_->questions_until(until)) {
            for (const auto& question : asked) question(store_);
        }
        committed = store_batch(batch);
        if (committed || is_last_try || !is_disk_full(committed.error())) break;
        is_last_try = note(true);
    }
    if (!committed) return committed;
    note(false);
    if (settings_.watch.on_room) settings_.watch.on_room();
    return committed;
}

void CommitThread::end(const Error& error) {
    {
        const std::lock_guard lock(queue_->mutex);
        queue_->has_failed = true;
        queue_->batches.clear();
        queue_->questions.clear();
    }
    if (settings_.watch.on_failure) settings_.watch.on_failure(error);
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
        if (!oldest_at_hand) oldest_at_hand = first_received(batches.front());
        work.batches.push_back(std::move(batches.front()));
    }
    work.questions = std::exchange(questions, {});
    work.is_last = is_stopping && batches.empty();
    return work;
}

std::vector<CommitThread::Queue::Question> CommitThread::Queue::questions_until(
    std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex);
    work_waits.wait_until(lock, deadline, [this] { return is_stopping || !questions.empty(); });
    return std::exchange(questions, {});
}

namespace {

std::optional<Timestamp> first_received(const CommitBatch& batch) {
    if (!batch.records.empty()) return batch.records.front().received_at;
    if (!batch.rejects.empty()) return batch.rejects.front().received_at;
    return std::nullopt;
}

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
        std::move(batch.once_durable.begin(), batch.once_durable.end(), std::back_inserter(whole.once_durable));
    }
    return whole;
}

}  // namespace
}  // namespace segmentd::daemon
