// A disk without room, made by SQLite's own limit on the pages of a file.
#include <sqlite3.h>

#include <condition_variable>
#include <cstdlib>
#include <mutex>

#include "daemon/store/commit_thread.hpp"
#include "daemon/store/files.hpp"
#include "tests/unit/daemon/store_fixture.hpp"

namespace segmentd::daemon {
namespace {

// The connection that was opened last, caught while it is opened.
sqlite3* caught = nullptr;
int note_connection(sqlite3* connection, const char**, const sqlite3_api_routines*) {
    caught = connection;
    return SQLITE_OK;
}

// A store whose disk is as large as we say.
struct SmallDisk {
    StoreFolder folder;
    Store store = open();
    sqlite3* connection = caught;

    Store open() const {
        const auto entry = reinterpret_cast<void (*)()>(note_connection);
        ::sqlite3_auto_extension(entry);
        Store opened = open_writer(folder);
        ::sqlite3_cancel_auto_extension(entry);
        return opened;
    }

    // On the store thread too, where Catch2 takes no assertions.
    void set_pages(const char* pages) const {
        const std::string limit = std::string("PRAGMA max_page_count = ") + pages;
        if (::sqlite3_exec(connection, limit.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) std::abort();
    }
    void fill() const { set_pages("1"); }  // no less than what is used already
    void make_room() const { set_pages("1000000"); }
};

// Larger than what the pages in use can still take.
std::vector<Record> large_signals(std::uint64_t first, std::uint64_t last) {
    std::vector<Record> records;
    for (std::uint64_t sequence = first; sequence <= last; ++sequence) {
        records.push_back(signal(sequence, "ada"));
        records.back().reason = std::string(20'000, 'x');
    }
    return records;
}

// What happened, in order, for a test that waits for it.
class Happenings {
  public:
    void note(std::string what) {
        const std::lock_guard lock(mutex_);
        seen_.push_back(std::move(what));
        changed_.notify_all();
    }
    std::vector<std::string> wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::seconds(20), [&] { return seen_.size() >= count; });
        return seen_;
    }
    CommitSettings settings() {
        CommitSettings settings;
        settings.watch.on_disk_full = [this](const Error&) { note("full"); };
        settings.watch.on_room = [this] { note("room"); };
        settings.watch.on_failure = [this](const Error& error) { note("failed: " + error.rule); };
        return settings;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> seen_;
};

CommitBatch batch_of(std::vector<Record> records, std::function<void()> once_durable) {
    CommitBatch batch;
    batch.records = std::move(records);
    batch.once_durable.push_back(std::move(once_durable));
    return batch;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a commit on a full disk leaves the store as it was and succeeds when there is room") {
    SmallDisk disk;
    commit(disk.store, three_records());
    disk.fill();
    auto records = large_signals(4, 6);
    records.back().customer = CustomerId("eve");
    const std::vector<Reject> rejects = {{{}, "tracking", "too_late", {}, {}}};

    const auto refused = disk.store.commit(records, rejects);

    REQUIRE_FALSE(refused.has_value());
    CHECK(is_disk_full(refused.error()));
    CHECK(refused.error().hint == "free some disk space");
    CHECK(disk.store.record_count() == 3);
    CHECK(disk.store.customer_count() == 2);
    CHECK(disk.store.reject_counts().empty());
    disk.make_room();
    CHECK(disk.store.commit(records, rejects).has_value());
    CHECK(disk.store.customer_count() == 3);
    CHECK(read_all(disk.store).value().size() == 6);
}

TEST_CASE("a full disk is waited for: nothing is acknowledged, nothing lost, and it goes on by itself") {
    SmallDisk disk;
    commit(disk.store, three_records());
    Happenings happenings;
    disk.fill();
    CommitThread thread(std::move(disk.store), happenings.settings());

    thread.submit(batch_of(large_signals(4, 6), [&] { happenings.note("4 to 6 are durable"); }));
    CHECK(happenings.wait_for(1) == Texts{"full"});
    thread.submit(batch_of(large_signals(7, 7), [&] { happenings.note("7 is durable"); }));

    CHECK_FALSE(thread.has_room());
    CHECK(thread.waits_for_disk_space());
    CHECK(thread.waiting() == 4);
    REQUIRE(thread.query([&](Store& store) {
        happenings.note("asked at " + std::to_string(store.record_count()));
        disk.make_room();
    }));
    CHECK(happenings.wait_for(5) == Texts{"full", "asked at 3", "room", "4 to 6 are durable", "7 is durable"});
    CHECK_FALSE(thread.waits_for_disk_space());
    CHECK(thread.has_room());
    CHECK(thread.waiting() == 0);
}

TEST_CASE("only a lack of room may be waited for") {
    const auto error_of = [](int code) { return database_error("commit", SQLite::Exception("test", code)); };

    CHECK(is_disk_full(error_of(SQLITE_FULL)));
    CHECK_FALSE(is_disk_full(error_of(SQLITE_IOERR)));
    CHECK_FALSE(is_disk_full(error_of(SQLITE_CORRUPT)));
    CHECK_FALSE(is_disk_full(database_error("commit", std::runtime_error("test"))));
}

TEST_CASE("a stop on a full disk fails instead of waiting for ever") {
    SmallDisk disk;
    commit(disk.store, three_records());
    Happenings happenings;
    disk.fill();
    CommitThread thread(std::move(disk.store), happenings.settings());
    thread.submit(batch_of(large_signals(4, 6), [&] { happenings.note("durable"); }));
    happenings.wait_for(1);

    thread.drain_and_stop();

    CHECK(happenings.wait_for(2) == Texts{"full", "failed: disk_full"});
    CHECK_FALSE(thread.has_room());
}

}  // namespace segmentd::daemon
