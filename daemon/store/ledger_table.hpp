// The ledger in the database: kind, time and name stand in the clear, customer and details under the
// customer's key, so that an erasure covers them too. A running hash over all lines stands in the table meta and
// changes in the transaction that adds lines.
//
// Functions throw what SQLite throws; the caller holds the transaction.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/ledger.hpp"
#include "daemon/store/key_ring.hpp"
#include "daemon/store/ledger_query.hpp"

namespace segmentd::daemon {

class LedgerTable {
  public:
    using Visitor = std::function<Result<void>(const LedgerEntry&)>;

    // A reader may meet a store that was written before there was a ledger; it finds it empty.
    LedgerTable(SQLite::Database& database, KeyRing& keys, const Key& series_key, bool is_writer);

    // False where the store is older than the ledger or its running hash. A writer makes it whole: clear(),
    // append() of everything, then mark_whole().
    bool is_whole() const { return is_whole_; }
    void clear();
    void mark_whole();

    // The subject is the customer's, or the workspace's. keep_hash() ends the transaction's lines.
    Result<void> append(const LedgerEntry& entry, std::uint64_t subject);
    void keep_hash();
    void settle(bool is_committed);

    // Error{corrupt} where a line was changed, added or taken away behind our back. Reads the whole table and
    // decrypts nothing.
    Result<void> check();

    // With a subject, only its lines.
    Result<void> read(const LedgerQuery& query, std::optional<std::uint64_t> subject, const Visitor& visit);

    std::vector<SegmentFlow> flows(Timestamp from, Timestamp until);
    std::vector<Migration> migrations(Timestamp from, Timestamp until);

  private:
    void write_hash(const Sha256& hash);

    SQLite::Database& database_;
    KeyRing& keys_;
    const Key series_key_;
    bool exists_ = false;
    bool is_whole_ = false;
    std::optional<SQLite::Statement> insert_;
    std::optional<NonceSeries> nonces_;
    std::uint64_t last_position_ = 0;
    std::uint64_t unsettled_ = 0;
    Sha256 hash_{};  // up to the last position
    Sha256 unsettled_hash_{};
};

}  // namespace segmentd::daemon
