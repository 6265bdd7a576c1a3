#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "tests/unit/daemon/store_fixture.hpp"

namespace segmentd::daemon {
namespace {

Error error_of_opening(const std::filesystem::path& directory, Store::Mode mode) {
    auto store = Store::open(directory, mode);
    REQUIRE_FALSE(store.has_value());
    return store.error();
}

mode_t permissions_of(const std::filesystem::path& path) {
    struct stat status{};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777;
}

TEST_CASE("a writer creates the folder and its secrets for the owner only") {
    const StoreFolder folder;

    const Store store = open_writer(folder);

    CHECK(permissions_of(folder.store()) == 0700);
    CHECK(permissions_of(folder.store() / "master.key") == 0600);
    CHECK(permissions_of(folder.store() / "signing.key") == 0600);
    CHECK(store.store_id().size() == 32);
    CHECK(store.tree_head().size == 0);
}

TEST_CASE("a reader of no store is told so and creates nothing") {
    const StoreFolder folder;

    const Error error = error_of_opening(folder.store(), Store::Mode::reader);

    CHECK(error.code == ErrorCode::not_found);
    CHECK_FALSE(error.hint.empty());
    CHECK_FALSE(std::filesystem::exists(folder.store()));
    std::ofstream(folder.path() / "notes.txt") << "not a store";
    CHECK(error_of_opening(folder.path(), Store::Mode::reader).code == ErrorCode::not_found);
}

TEST_CASE("a reader of an empty folder reads an empty store and creates nothing") {
    const StoreFolder folder;
    std::filesystem::create_directory(folder.store());

    Store store = std::move(Store::open(folder.store(), Store::Mode::reader)).value();

    CHECK(read_all(store).value().empty());
    CHECK(store.rejects(10).value().empty());
    CHECK(store.tree_head().size == 0);
    CHECK(store.commit(three_records(), {}).error().code == ErrorCode::conflict);
    CHECK(std::filesystem::is_empty(folder.store()));
    CHECK_FALSE(Store::exists(folder.store()));
}

TEST_CASE("a second writer is refused with the URL of the first") {
    const StoreFolder folder;
    Store first = open_writer(folder);
    REQUIRE(first.announce("http://127.0.0.1:7700").has_value());

    const Error error = error_of_opening(folder.store(), Store::Mode::writer);

    CHECK(error.code == ErrorCode::conflict);
    CHECK(error.message == "the store " + folder.store().string() + " is in use by process " +
                               std::to_string(::getpid()) + ", which answers at http://127.0.0.1:7700");
}

TEST_CASE("a writer that is closed leaves the lock to the next") {
    const StoreFolder folder;
    {
        const Store first = open_writer(folder);
    }

    CHECK(Store::open(folder.store(), Store::Mode::writer).has_value());
}

TEST_CASE("a process that is killed leaves neither a lock nor half a store behind") {
    const StoreFolder folder;
    std::array<int, 2> pipe{};
    REQUIRE(::pipe(pipe.data()) == 0);

    const pid_t child = ::fork();
    if (child == 0) {
        auto store = Store::open(folder.store(), Store::Mode::writer);
        const bool is_ready = store && store->commit(three_records(), {});
        if (::write(pipe[1], is_ready ? "y" : "n", 1) != 1) ::_exit(1);
        for (;;) ::pause();
    }
    char answer = 0;
    REQUIRE(::read(pipe[0], &answer, 1) == 1);
    const bool was_locked = !Store::open(folder.store(), Store::Mode::writer).has_value();
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(pipe[0]);
    ::close(pipe[1]);

    CHECK(answer == 'y');
    CHECK(was_locked);
    Store store = open_writer(folder);
    CHECK(read_all(store).value() == three_records());
}

TEST_CASE("a reader works beside a writer and sees what is durable") {
    const StoreFolder folder;
    Store writer = open_writer(folder);
    commit(writer, three_records());
    Store reader = std::move(Store::open(folder.store(), Store::Mode::reader)).value();

    std::vector<Record> seen;
    const auto read = reader.read_journal(1, [&](const Record& record) -> Result<void> {
        if (seen.empty()) commit(writer, {signal(4, "eve")});
        seen.push_back(record);
        return {};
    });

    REQUIRE(read.has_value());
    CHECK(seen == three_records());
    CHECK(reader.record_count() == 3);
    CHECK(read_all(reader).value().size() == 4);
    CHECK(reader.tree_head() == writer.tree_head());
}

TEST_CASE("a reader cannot write") {
    const StoreFolder folder;
    {
        const Store writer = open_writer(folder);
    }
    Store reader = std::move(Store::open(folder.store(), Store::Mode::reader)).value();
    REQUIRE(read_all(reader).has_value());

    CHECK(reader.commit(three_records(), {}).error().code == ErrorCode::conflict);
    CHECK(reader.sign_head().error().code == ErrorCode::conflict);
    CHECK(reader.announce("http://localhost").error().code == ErrorCode::conflict);
}

TEST_CASE("a database of another program is refused and stays as it is") {
    const StoreFolder folder;
    std::filesystem::create_directory(folder.store());
    {
        SQLite::Database other((folder.store() / "segmentd.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        other.exec("CREATE TABLE recipes(name TEXT)");
    }

    const Error error = error_of_opening(folder.store(), Store::Mode::writer);

    CHECK(error.code == ErrorCode::conflict);
    CHECK(error.message == (folder.store() / "segmentd.db").string() + " is a database of another program");
    CHECK_FALSE(std::filesystem::exists(folder.store() / "master.key"));
}

TEST_CASE("a file that is no database is refused") {
    const StoreFolder folder;
    std::filesystem::create_directory(folder.store());
    std::ofstream(folder.store() / "segmentd.db") << std::string(5000, 'x');

    CHECK(error_of_opening(folder.store(), Store::Mode::writer).code == ErrorCode::corrupt);
    CHECK(error_of_opening(folder.store(), Store::Mode::reader).code == ErrorCode::corrupt);
}

TEST_CASE("a store of a newer format is refused by name") {
    const StoreFolder folder;
    {
        const Store store = open_writer(folder);
    }
    folder.tamper("PRAGMA user_version = 1000");

    const Error error = error_of_opening(folder.store(), Store::Mode::reader);

    CHECK(error.code == ErrorCode::unsupported);
    CHECK(error.message == (folder.store() / "segmentd.db").string() + " has format 1000; this program knows format " +
                               std::to_string(store_format));
}

TEST_CASE("a lost secret is never replaced by a new one") {
    for (const char* name : {"master.key", "signing.key"}) {
        const StoreFolder folder;
        {
            const Store store = open_writer(folder);
        }
        std::filesystem::remove(folder.store() / name);

        const Error error = error_of_opening(folder.store(), Store::Mode::writer);

        CHECK(error.code == ErrorCode::not_found);
        CHECK_FALSE(std::filesystem::exists(folder.store() / name));
    }
}

TEST_CASE("an empty database beside the files of a store is not taken for a new store") {
    for (const char* name : {"tree_heads.jsonl", "token"}) {
        const StoreFolder folder;
        {
            const Store store = open_writer(folder);
        }
        std::ofstream(folder.store() / name) << "x";
        std::filesystem::remove(folder.store() / "segmentd.db");

        const Error error = error_of_opening(folder.store(), Store::Mode::writer);

        CHECK(error.code == ErrorCode::corrupt);
        CHECK(error.message.find("segmentd.db is empty") != std::string::npos);
        CHECK(error.hint == "restore the store from a backup");
    }
}

TEST_CASE("the secrets of another store are refused") {
    const StoreFolder folder, other;
    {
        const Store store = open_writer(folder);
        const Store another = open_writer(other);
    }
    const auto overwrite = std::filesystem::copy_options::overwrite_existing;

    std::filesystem::copy_file(other.store() / "master.key", folder.store() / "master.key", overwrite);
    CHECK(error_of_opening(folder.store(), Store::Mode::writer).message ==
          "master.key does not open the key of subject 0");
    std::filesystem::copy_file(other.store() / "signing.key", folder.store() / "signing.key", overwrite);
    CHECK(error_of_opening(folder.store(), Store::Mode::writer).message == "signing.key does not belong to this store");
    std::ofstream(folder.store() / "master.key") << "short";
    CHECK(error_of_opening(folder.store(), Store::Mode::writer).code == ErrorCode::corrupt);
}

}  // namespace
}  // namespace segmentd::daemon
