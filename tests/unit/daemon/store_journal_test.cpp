#include <fstream>
#include <iterator>
#include <random>

#include "tests/unit/daemon/store_fixture.hpp"

namespace segmentd::daemon {
namespace {

// The error of reading a store of three records after something was done to it behind its back.
Error error_after(const std::string& sql) {
    const StoreFolder folder;
    Store store = open_writer(folder);
    commit(store, three_records());
    folder.tamper(sql);
    auto records = read_all(store);
    REQUIRE_FALSE(records.has_value());
    return records.error();
}

std::string change_last_byte(const std::string& column) {
    return column + " = CAST(substr(" + column + ", 1, length(" + column + ") - 1) || CASE hex(substr(" + column +
           ", -1)) WHEN '00' THEN x'01' ELSE x'00' END AS BLOB)";
}

std::string whole_content(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

TEST_CASE("records come back as they were committed") {
    const StoreFolder folder;
    Store store = open_writer(folder);

    commit(store, three_records());

    CHECK(store.record_count() == 3);
    CHECK(read_all(store).value() == three_records());
}

TEST_CASE("a store that is opened again continues where it was") {
    const StoreFolder folder;
    std::string id;
    TreeHead head;
    {
        Store store = open_writer(folder);
        commit(store, three_records());
        id = store.store_id();
        head = store.tree_head();
    }

    Store store = open_writer(folder);
    const auto summary = store.read_journal(3, [](const Record& record) -> Result<void> {
        CHECK(record == signal(3, "bob"));
        return {};
    });
    commit(store, {signal(4, "ada")});

    CHECK(store.store_id() == id);
    CHECK(summary.value().head == head);
    CHECK(summary.value().customers == 2);
    CHECK(summary.value().engine_time == from_microseconds(3'000'000));
    CHECK(store.record_count() == 4);
    CHECK(store.customer_count() == 2);
    CHECK(read_all(store).value().back() == signal(4, "ada"));
}

TEST_CASE("the tree head is the one over the headers that everybody may see") {
    const StoreFolder folder;
    Store store = open_writer(folder);
    commit(store, {signal(1, "ada"), tick(2)});
    commit(store, {signal(3, "bob")});

    std::vector<Sha256> leaves;
    const auto read = store.read_headers([&leaves](const RecordHeader& header) -> Result<void> {
        leaves.push_back(leaf_hash(header_bytes(header)));
        return {};
    });

    REQUIRE(read.has_value());
    CHECK(store.tree_head() == TreeHead{3, merkle_root(leaves)});
}

TEST_CASE("a part of the journal can be read by itself") {
    const StoreFolder folder;
    Store store = open_writer(folder);
    commit(store, three_records());

    std::vector<Record> part;
    const auto read = store.read_records(2, 3, [&part](const Record& record) -> Result<void> {
        part.push_back(record);
        return {};
    });

    REQUIRE(read.has_value());
    CHECK(part == std::vector{tick(2)});
}

TEST_CASE("an error of the visitor ends the reading and is returned") {
    const StoreFolder folder;
    Store store = open_writer(folder);
    commit(store, three_records());

    int visited = 0;
    const auto read = store.read_journal(1, [&visited](const Record&) -> Result<void> {
        ++visited;
        return fail(ErrorCode::limit, "enough");
    });

    CHECK(visited == 1);
    CHECK(read.error().message == "enough");
}

TEST_CASE("nothing that a record says can be read from the files without the keys") {
    const StoreFolder folder;
    Store store = open_writer(folder);
    // Long enough that the random bytes of what is encrypted cannot spell it by chance.
    const std::string customer = "ada.lovelace@analytical-engine.example";
    commit(store, {signal(1, customer.c_str())});

    for (const char* name : {"segmentd.db", "segmentd.db-wal"}) {
        const std::string content = whole_content(folder.store() / name);
        CHECK(content.find(customer) == std::string::npos);
        CHECK(content.find("purchase") == std::string::npos);
    }
}

TEST_CASE("each customer has a key of their own, and records of nobody use the workspace's") {
    const StoreFolder folder;
    Store store = open_writer(folder);
    commit(store, three_records());
    commit(store, {signal(4, "bob")});

    SQLite::Database database((folder.store() / "segmentd.db").string(), SQLite::OPEN_READONLY);
    SQLite::Statement subjects(database, "SELECT group_concat(subject) FROM journal");
    subjects.executeStep();

    CHECK(subjects.getColumn(0).getString() == "1,0,2,2");
    CHECK(database.execAndGet("SELECT count(*) FROM keys").getInt() == 3);
}

TEST_CASE("a changed byte of a payload is found and named") {
    const Error error = error_after("UPDATE journal SET " + change_last_byte("payload") + " WHERE sequence = 2");

    CHECK(error.code == ErrorCode::corrupt);
    CHECK(error.message == "record 2 of the journal is damaged: its payload does not match its hash");
}

TEST_CASE("a changed byte of a payload hash is found and named") {
    const Error error = error_after("UPDATE journal SET " + change_last_byte("payload_hash") + " WHERE sequence = 3");

    CHECK(error.code == ErrorCode::corrupt);
    CHECK(error.message == "record 3 of the journal is damaged: its payload does not match its hash");
}

TEST_CASE("a changed engine time, type or schema is found and named") {
    const std::string foreign = "record 1 of the journal is damaged: its payload does not belong to its header and key";

    CHECK(error_after("UPDATE journal SET engine_time = engine_time + 1 WHERE sequence = 1").message == foreign);
    CHECK(error_after("UPDATE journal SET type = 3 WHERE sequence = 1").message == foreign);
    CHECK(error_after("UPDATE journal SET type = 65538 WHERE sequence = 1").message ==
          "record 1 of the journal is damaged: a column holds what cannot be there");
    CHECK(error_after("UPDATE journal SET schema = 2 WHERE sequence = 1").message ==
          "record 1 of the journal is damaged: its schema is unknown");
    CHECK(error_after("UPDATE journal SET engine_time = 0 WHERE sequence = 3").message ==
          "record 3 of the journal is damaged: its engine time is before the one of its predecessor");
}

TEST_CASE("a record under another customer's key is found and named") {
    CHECK(error_after("UPDATE journal SET subject = 2 WHERE sequence = 1").message ==
          "record 1 of the journal is damaged: its payload does not belong to its header and key");
    CHECK(error_after("UPDATE journal SET subject = 99 WHERE sequence = 1").message ==
          "record 1 of the journal is damaged: there is no key of subject 99");
}

TEST_CASE("a record that is gone is named") {
    const Error error = error_after("DELETE FROM journal WHERE sequence = 2");

    CHECK(error.code == ErrorCode::corrupt);
    CHECK(error.message == "record 2 of the journal is damaged: it is missing");
}

TEST_CASE("two records that changed places are found") {
    const Error error = error_after(
        "UPDATE journal SET sequence = 9 WHERE sequence = 1; UPDATE journal SET sequence = 1 WHERE sequence = 2; "
        "UPDATE journal SET sequence = 2 WHERE sequence = 9");

    CHECK(error.message == "record 1 of the journal is damaged: its payload does not belong to its header and key");
}

TEST_CASE("records must follow each other without a gap and without going back in time") {
    const StoreFolder folder;
    Store store = open_writer(folder);
    commit(store, three_records());
    Record early = signal(4, "ada");
    early.engine_time = from_microseconds(1);

    CHECK(store.commit(std::vector{signal(5, "ada")}, {}).error().message == "record 5 cannot follow record 3");
    CHECK(store.commit(std::vector{signal(3, "ada")}, {}).error().message == "record 3 cannot follow record 3");
    CHECK(store.commit(std::vector{early}, {}).error().message ==
          "the engine time of record 4 is before the one of its predecessor");
    CHECK(store.record_count() == 3);
}

TEST_CASE("a commit that the database refuses changes nothing") {
    const StoreFolder folder;
    Store store = open_writer(folder);
    commit(store, three_records());
    const TreeHead head = store.tree_head();
    const Reject reject{.received_at = {}, .source = "shop", .reason = "unknown_signal", .detail = {}, .payload = {}};
    folder.tamper(
        "INSERT INTO journal SELECT 5, type, engine_time, schema, subject, payload_hash, payload FROM journal LIMIT 1");

    const auto refused = store.commit(std::vector{signal(4, "new"), signal(5, "new")}, std::vector{reject});
    folder.tamper("DELETE FROM journal WHERE sequence = 5");

    CHECK(refused.error().code == ErrorCode::io);
    CHECK(store.tree_head() == head);
    CHECK(store.customer_count() == 2);
    CHECK(store.reject_counts().empty());
    commit(store, {signal(4, "new"), signal(5, "new")});
    CHECK(read_all(store).value().size() == 5);
}

TEST_CASE("a journal that was not read cannot be appended to") {
    const StoreFolder folder;
    {
        Store store = open_writer(folder);
        commit(store, three_records());
    }

    Store store = open_writer(folder);

    CHECK(store.commit(std::vector{signal(4, "ada")}, {}).error().code == ErrorCode::conflict);
    CHECK_FALSE(store.sign_head().has_value());
}

TEST_CASE("whatever is committed in whatever portions is read back in the same order") {
    std::mt19937_64 random(20'260'101);
    for (int round = 0; round < 10; ++round) {
        const StoreFolder folder;
        std::vector<Record> all;
        {
            Store store = open_writer(folder);
            for (auto portions = random() % 6; portions > 0; --portions) {
                std::vector<Record> portion;
                for (auto count = random() % 40; count > 0; --count) {
                    const std::string customer = "c" + std::to_string(random() % 7);
                    portion.push_back(signal(all.size() + portion.size() + 1, customer.c_str()));
                }
                commit(store, portion);
                all.insert(all.end(), portion.begin(), portion.end());
            }
        }

        Store store = std::move(Store::open(folder.store(), Store::Mode::reader)).value();

        INFO("round " << round << " of seed 20260101");
        REQUIRE(read_all(store).value() == all);
    }
}

}  // namespace
}  // namespace segmentd::daemon
