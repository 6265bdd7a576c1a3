#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "daemon/store/files.hpp"
#include "tests/unit/daemon/store_fixture.hpp"

namespace segmentd::daemon {
namespace {

// A store whose writer was killed right after its second commit: both lie in the log beside the database.
void leave_killed_writer(const StoreFolder& folder) {
    std::array<int, 2> pipe{};
    REQUIRE(::pipe(pipe.data()) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        auto store = Store::open(folder.store(), Store::Mode::writer);
        const bool is_ready = store && store->commit(three_records(), {}) &&
                              store->commit(std::vector<Record>{signal(4, "eve"), signal(5, "ada")}, {});
        if (::write(pipe[1], is_ready ? "y" : "n", 1) != 1) ::_exit(1);
        for (;;) ::pause();
    }
    char answer = 0;
    REQUIRE(::read(pipe[0], &answer, 1) == 1);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(pipe[0]);
    ::close(pipe[1]);
    REQUIRE(answer == 'y');
}

void flip_bit(const std::filesystem::path& path, std::uintmax_t place) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(place));
    const auto byte = static_cast<char>(file.get() ^ 4);
    file.seekp(static_cast<std::streamoff>(place));
    file.put(byte);
}

std::filesystem::path log_of(const StoreFolder& folder) {
    return folder.store() / "segmentd.db-wal";
}

Error error_of_start(const StoreFolder& folder) {
    auto store = Store::open(folder.store(), Store::Mode::writer);
    if (!store) return store.error();
    const auto read = read_all(*store);
    REQUIRE_FALSE(read.has_value());
    return read.error();
}

TEST_CASE("damage in the last frames of the log of a killed writer is named and not swallowed") {
    const StoreFolder folder;
    leave_killed_writer(folder);
    flip_bit(log_of(folder), std::filesystem::file_size(log_of(folder)) - 100);
    const auto damaged = read_file(log_of(folder)).value();

    const Error error = error_of_start(folder);

    CHECK(error.code == ErrorCode::corrupt);
    CHECK(error.message == "the journal ends with record 3, but record 5 was committed");
    CHECK(error.where.file == log_of(folder).string());
    CHECK(read_file(log_of(folder)).value() == damaged);
    CHECK(error_of_start(folder).message == error.message);
}

TEST_CASE("a log that lost its first frames is named where the whole store lay in it") {
    const StoreFolder folder;
    leave_killed_writer(folder);
    flip_bit(log_of(folder), 40);

    const Error error = error_of_start(folder);

    CHECK(error.code == ErrorCode::corrupt);
    CHECK(error.message == log_of(folder).string() + " is empty, but the files beside it belong to a store");
}

TEST_CASE("the log of a killed writer is read whole, and a write that was cut off is no damage") {
    const StoreFolder folder;
    leave_killed_writer(folder);
    const auto whole = read_file(log_of(folder)).value();
    std::ofstream(log_of(folder), std::ios::app | std::ios::binary) << whole.substr(32, 3000);

    Store store = open_writer(folder);

    CHECK(read_all(store).value().size() == 5);
}

TEST_CASE("records that were cut off behind the last signed head are missed") {
    const StoreFolder folder;
    Store store = open_writer(folder);
    commit(store, three_records());

    folder.tamper("DELETE FROM journal WHERE sequence = 3");

    CHECK(read_all(store).error().message == "the journal ends with record 2, but record 3 was committed");
}

TEST_CASE("a count of committed records that is damaged is named, one that is lost says nothing") {
    const StoreFolder folder;
    Store store = open_writer(folder);
    commit(store, three_records());
    const auto file = folder.store() / "committed";

    flip_bit(file, 3);
    CHECK(read_all(store).error().message == file.string() + " does not say how many records were committed");
    std::filesystem::remove(file);
    CHECK(read_all(store).has_value());
}

TEST_CASE("records without any signed head are damage, whatever the database says") {
    const StoreFolder folder;
    Store store = open_writer(folder);
    commit(store, three_records());

    std::filesystem::remove(folder.store() / "tree_heads.jsonl");

    CHECK(read_all(store).error().message ==
          (folder.store() / "tree_heads.jsonl").string() + ": the tree heads that were signed are gone");
}

TEST_CASE("a store without its name or key says which is missing") {
    for (const std::string key : {"store_id", "public_key"}) {
        const StoreFolder folder;
        {
            const Store store = open_writer(folder);
        }
        folder.tamper("DELETE FROM meta WHERE key = '" + key + "'");

        const Error error = Store::open(folder.store(), Store::Mode::writer).error();

        CHECK(error.code == ErrorCode::corrupt);
        CHECK(error.message ==
              "the table meta of " + (folder.store() / "segmentd.db").string() + " lacks '" + key + "'");
    }
}

}  // namespace
}  // namespace segmentd::daemon
