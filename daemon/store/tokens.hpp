// Access tokens as they are kept: who may speak to the daemon, in what role, until when.
//
// Only the SHA-256 of a secret is kept, without salt or stretching: a secret is 256 random bits, so there is
// nothing to guess and no two are alike. Names, roles and times stand in the clear; none of it is personal data.
//
// Handing out and revoking are records of the journal (TokenRecord), which hold no hash. So the store is told the
// hash first (expect), and the row changes in the transaction that holds the record: the table and the journal
// disagree only where somebody changed one of them, and check() says so.
//
// Methods throw what SQLite throws.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/records.hpp"
#include "base/sha256.hpp"
#include "daemon/store/database.hpp"
#include "daemon/store/stored_token.hpp"

namespace segmentd::daemon {

class TokenTable {
  public:
    explicit TokenTable(SQLite::Database& database) : database_(database) {}

    // Makes the table where it is missing: stores of earlier versions gain it. Writers only.
    void create();

    // The hash of a token whose record comes next. conflict where a token in force, or another that is expected,
    // has its name.
    Result<void> expect(const TokenRecord& token, const Sha256& hash, Timestamp now);

    // The record will not come.
    void forget(const std::string& id) { expected_.erase(id); }

    // Changes the row that the record is about; the caller holds the transaction. Records of other kinds, and of
    // a token that nobody expected, change nothing.
    void apply(const Record& record);

    // After apply: the transaction stands, or it was rolled back.
    void settle(bool is_committed);

    // Error{corrupt} naming the first token whose row is not what these records, all of them in order, say. What
    // they do not hold, the hash, cannot be checked.
    Result<void> check(const std::vector<Record>& records);

    // By the time of creation. None where an earlier version wrote the store and only a reader opened it since.
    std::vector<StoredToken> all();

  private:
    struct Expected {
        std::string name;
        Sha256 hash{};
    };

    SQLite::Database& database_;
    std::map<std::string, Expected> expected_;  // by id
    std::vector<std::string> applied_;
};

}  // namespace segmentd::daemon
