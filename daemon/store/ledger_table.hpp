// The ledger in the database: kind, time and name stand in the clear, customer and details under the
// customer's key, so that an erasure covers them too.
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
    LedgerTable(SQLite::Database& database, KeyRing& keys, bool is_writer);

    // False where lines are missing because the store is older than the ledger. A writer makes it whole:
    // clear(), append() of everything, then mark_whole().
    bool is_whole() const { return is_whole_; }
    void clear();
    void mark_whole();

    // The subject is the customer's, or the workspace's.
    Result<void> append(const LedgerEntry& entry, std::uint64_t subject);
    void settle(bool is_committed);

    // With a subject, only its lines.
    Result<void> read(const LedgerQuery& query, std::optional<std::uint64_t> subject, const Visitor& visit);

    std::vector<SegmentFlow> flows(Timestamp from, Timestamp until);
    std::vector<Migration> migrations(Timestamp from, Timestamp until);

  private:
    SQLite::Database& database_;
    KeyRing& keys_;
    bool exists_ = false;
    bool is_whole_ = false;
    std::optional<SQLite::Statement> insert_;
    std::optional<NonceSeries> nonces_;
    std::uint64_t last_position_ = 0;
    std::uint64_t unsettled_ = 0;
};

}  // namespace segmentd::daemon
