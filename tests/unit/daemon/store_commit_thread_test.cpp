#include <algorithm>
#include <future>
#include <mutex>

#include "daemon/store/commit_thread.hpp"
#include "tests/unit/daemon/store_fixture.hpp"

namespace segmentd::daemon {
namespace {

// Collects what the commit thread reports.
struct Reports {
    std::mutex mutex;
    std::vector<std::uint64_t> durable;  // the last sequence of each batch that became durable
    std::vector<std::string> failures;
    int commits = 0;

    CommitSettings settings() {
        CommitSettings settings;
        settings.watch.on_commit = [this](std::chrono::duration<double>) { ++commits; };
        settings.watch.on_failure = [this](const Error& error) { failures.push_back(error.message); };
        return settings;
    }

    CommitBatch batch_of(std::uint64_t first, std::uint64_t last) {
        CommitBatch batch;
        for (std::uint64_t sequence = first; sequence <= last; ++sequence) {
            batch.records.push_back(signal(sequence, "ada"));
        }
        batch.once_durable.push_back([this, last] {
            const std::lock_guard lock(mutex);
            durable.push_back(last);
        });
        return batch;
    }
};

// Holds the commit thread between two commits until it is let go.
class Pause {
  public:
    explicit Pause(CommitThread& thread) {
        auto reached = reached_.get_future();
        REQUIRE(thread.query([this](Store&) {
            reached_.set_value();
            let_go_.get_future().wait();
        }));
        reached.wait();
    }
    void end() { let_go_.set_value(); }

  private:
    std::promise<void> reached_;
    std::promise<void> let_go_;
};

TEST_CASE("batches become durable in the order in which they were submitted") {
    const StoreFolder folder;
    Reports reports;
    CommitThread thread(open_writer(folder), reports.settings());

    for (std::uint64_t i = 0; i < 200; ++i) thread.submit(reports.batch_of(5 * i + 1, 5 * i + 5));
    thread.drain_and_stop();

    REQUIRE(reports.durable.size() == 200);
    CHECK(std::is_sorted(reports.durable.begin(), reports.durable.end()));
    CHECK(reports.durable.back() == 1000);
    CHECK(reports.failures.empty());
    CHECK(thread.waiting() == 0);
    Store store = std::move(Store::open(folder.store(), Store::Mode::reader)).value();
    CHECK(read_all(store).value() == reports.batch_of(1, 1000).records);
}

TEST_CASE("what waits together is committed together, up to the limit of a commit") {
    const StoreFolder folder;
    Reports reports;
    CommitSettings settings = reports.settings();
    settings.most_in_a_commit = 5;
    CommitThread thread(open_writer(folder), settings);
    Pause pause(thread);

    thread.submit(reports.batch_of(1, 2));
    thread.submit(reports.batch_of(3, 5));
    thread.submit(reports.batch_of(6, 6));
    thread.submit(reports.batch_of(7, 16));
    pause.end();
    thread.drain_and_stop();

    CHECK(reports.commits == 3);
    CHECK(reports.durable == std::vector<std::uint64_t>{2, 5, 6, 16});
}

TEST_CASE("a full queue says so and has room again when it is durable") {
    const StoreFolder folder;
    Reports reports;
    CommitSettings settings = reports.settings();
    settings.most_waiting = 4;
    std::promise<void> durable;
    CommitThread thread(open_writer(folder), settings);
    Pause pause(thread);

    CHECK(thread.has_room());
    thread.submit(reports.batch_of(1, 3));
    CHECK(thread.has_room());
    auto last = reports.batch_of(4, 6);
    last.once_durable.push_back([&durable] { durable.set_value(); });
    thread.submit(std::move(last));
    CHECK_FALSE(thread.has_room());
    CHECK(thread.waiting() == 6);
    pause.end();
    durable.get_future().wait();
    CHECK(thread.has_room());
}

TEST_CASE("a failed commit is reported once and nothing is committed after it") {
    const StoreFolder folder;
    Reports reports;
    CommitThread thread(open_writer(folder), reports.settings());
    Pause pause(thread);

    thread.submit(reports.batch_of(1, 2));
    thread.submit(reports.batch_of(9, 9));
    pause.end();
    thread.drain_and_stop();
    thread.submit(reports.batch_of(3, 3));

    CHECK(reports.failures == std::vector<std::string>{"record 9 cannot follow record 2"});
    CHECK(reports.durable.empty());
    CHECK_FALSE(thread.has_room());
    CHECK_FALSE(thread.query([](Store&) {}));
    CHECK(thread.status().head.size == 0);
}

TEST_CASE("the status is that of the last commit, with counts of rejects") {
    const StoreFolder folder;
    Reports reports;
    CommitThread thread(open_writer(folder), reports.settings());
    CommitBatch batch = reports.batch_of(1, 2);
    batch.rejects.push_back({.received_at = {}, .source = {}, .reason = "too_late", .detail = {}, .payload = {}});

    thread.submit(batch);
    thread.drain_and_stop();

    const StoreStatus status = thread.status();
    CHECK(status.head.size == 2);
    CHECK(status.customers == 1);
    CHECK(status.reject_counts == std::map<std::string, std::uint64_t>{{"too_late", 1}});
}

TEST_CASE("rejects alone are durable too, and a batch of nothing follows those before it") {
    const StoreFolder folder;
    Reports reports;
    CommitThread thread(open_writer(folder), reports.settings());
    CommitBatch batch;
    batch.rejects.push_back({.received_at = {}, .source = {}, .reason = "too_late", .detail = {}, .payload = {}});

    batch.once_durable.push_back([&reports] { reports.durable.push_back(1); });
    CommitBatch nothing;
    nothing.once_durable.push_back([&reports] { reports.durable.push_back(2); });
    thread.submit(batch);
    thread.submit(nothing);
    thread.drain_and_stop();

    CHECK(reports.durable == std::vector<std::uint64_t>{1, 2});
    CHECK(thread.status().reject_counts.at("too_late") == 1);
}

TEST_CASE("a question is answered by the store itself, after the commit of what waited with it") {
    const StoreFolder folder;
    Reports reports;
    CommitThread thread(open_writer(folder), reports.settings());
    std::promise<std::uint64_t> count;

    thread.submit(reports.batch_of(1, 7));
    REQUIRE(thread.query([&count](Store& store) { count.set_value(store.record_count()); }));

    CHECK(count.get_future().get() == 7);
}

TEST_CASE("stopping twice is stopping once") {
    const StoreFolder folder;
    Reports reports;
    CommitThread thread(open_writer(folder), reports.settings());

    thread.submit(reports.batch_of(1, 1));
    thread.drain_and_stop();
    thread.drain_and_stop();

    CHECK(reports.durable == std::vector<std::uint64_t>{1});
    CHECK_FALSE(thread.has_room());
}

}  // namespace
}  // namespace segmentd::daemon
