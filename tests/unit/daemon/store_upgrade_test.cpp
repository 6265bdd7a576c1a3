// Stores of older formats. tests/stores/format_N holds one of each as text: the SQL of its database, its
// keys in hexadecimal digits, and its signed tree heads. Their workspace is a made-up one.
#include "daemon/store/upgrade.hpp"

#include "base/sha256.hpp"
#include "daemon/store/files.hpp"
#include "tests/unit/daemon/store_fixture.hpp"

namespace segmentd::daemon {
namespace {

std::string text_of(const std::filesystem::path& path) {
    return read_file(path).value();
}

std::string bytes_of(const std::filesystem::path& path) {
    const auto bytes = from_hex(text_of(path)).value();
    return {bytes.begin(), bytes.end()};
}

void lay_out(const std::string& name, const std::filesystem::path& folder) {
    const auto source = std::filesystem::path(SEGMENTD_SOURCE_DIR) / "tests/stores" / name;
    std::filesystem::create_directory(folder);
    SQLite::Database database((folder / "segmentd.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec(text_of(source / "segmentd.sql"));
    for (const std::string key : {"master.key", "signing.key"}) {
        REQUIRE(write_secret_file(folder / key, bytes_of(source / (key + ".hex"))).has_value());
    }
    std::filesystem::copy_file(source / "tree_heads.jsonl", folder / "tree_heads.jsonl");
}

int format_of(const std::filesystem::path& folder) {
    SQLite::Database database((folder / "segmentd.db").string());
    return database.execAndGet("PRAGMA user_version").getInt();
}

UpgradeStep table_step(int format, const std::string& sql) {
    return {format, "a table", [sql](SQLite::Database& database) { database.exec(sql); }};
}

}  // namespace

TEST_CASE("a store of format 1 is brought to the format of this program, and its journal is what it was") {
    const StoreFolder folder;
    lay_out("format_1", folder.store());

    Store store = open_writer(folder);
    const auto records = read_all(store);

    INFO((records ? std::string() : to_text(records.error())));
    REQUIRE(records.has_value());
    CHECK(records->size() == 4);
    CHECK(to_hex(store.tree_head().root) == "da03c5847c2b3d038ddb78c6475496e13e0c3baa36f4fca2e0c76b32f851fb89");
    CHECK(records->at(3).customer == CustomerId("ada"));
    CHECK(store.rejects(10).value().at(0).reject.reason == "wrong_type");
    CHECK(format_of(folder.store()) == store_format);
}

TEST_CASE("an upgrade takes its steps in order, all of them or none") {
    SQLite::Database database(":memory:", SQLite::OPEN_READWRITE);
    database.exec("PRAGMA user_version = 1");
    const auto second = table_step(2, "CREATE TABLE two(a)");
    const auto third = table_step(3, "INSERT INTO two VALUES (3)");
    const auto failing = table_step(4, "INSERT INTO nowhere VALUES (4)");

    const auto refused = upgrade(database, 1, {second, third, failing});
    CHECK_FALSE(refused.has_value());
    CHECK(database.execAndGet("PRAGMA user_version").getInt() == 1);
    CHECK_FALSE(database.tableExists("two"));

    CHECK(upgrade(database, 1, {second, third}).has_value());
    CHECK(database.execAndGet("PRAGMA user_version").getInt() == 3);
    CHECK(database.execAndGet("SELECT a FROM two").getInt() == 3);
}

TEST_CASE("the steps lead from format 1 to the format of this program without a gap") {
    int format = 1;
    for (const auto& step : upgrade_steps()) CHECK(step.format == ++format);

    CHECK(format == store_format);
}

TEST_CASE("a store of an older format than any step knows is refused, and so is a reader of an older one") {
    const StoreFolder folder;
    {
        const Store store = open_writer(folder);
    }
    folder.tamper("PRAGMA user_version = -1");

    const auto writer = Store::open(folder.store(), Store::Mode::writer);
    const auto reader = Store::open(folder.store(), Store::Mode::reader);

    CHECK(writer.error().code == ErrorCode::unsupported);
    CHECK(reader.error().code == ErrorCode::unsupported);
    CHECK(reader.error().hint.find("it upgrades the store") != std::string::npos);
    CHECK(format_of(folder.store()) == -1);
}

}  // namespace segmentd::daemon
