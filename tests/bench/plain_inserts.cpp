#include "tests/bench/plain_inserts.hpp"

namespace segmentd::bench {
namespace {

SQLite::Database tuned(const std::filesystem::path& file) {
    SQLite::Database database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = FULL");
    database.exec("PRAGMA wal_autocheckpoint = 4000");
    database.exec("PRAGMA cache_size = -65536");
    database.exec("CREATE TABLE events(id INTEGER PRIMARY KEY, payload BLOB NOT NULL)");
    return database;
}

}  // namespace

PlainInserts::PlainInserts(const std::filesystem::path& file, std::size_t payload_bytes)
    : database_(tuned(file)),
      insert_(database_, "INSERT INTO events(payload) VALUES (?)"),
      payload_(payload_bytes, 'x') {}

void PlainInserts::commit(std::size_t rows) {
    SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
    for (std::size_t i = 0; i < rows; ++i) {
        insert_.reset();
        insert_.bindNoCopy(1, payload_.data(), static_cast<int>(payload_.size()));
        insert_.exec();
    }
    transaction.commit();
}

}  // namespace segmentd::bench
