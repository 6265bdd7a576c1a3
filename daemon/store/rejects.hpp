// What was sent in and could not be taken: kept with its reason, so that somebody can mend the sender.
//
// Methods of RejectTable throw what SQLite throws; the caller holds the transaction.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "daemon/store/database.hpp"
#include "daemon/store/reject.hpp"
#include "daemon/store/sealing.hpp"

namespace segmentd::daemon {

class RejectTable {
  public:
    // The key is the workspace's.
    RejectTable(SQLite::Database& database, const Key& key);

    void append(std::span<const Reject> rejects);

    // After append: the transaction stands, or it was rolled back.
    void settle(bool is_committed);

    // The newest first. corrupt where a payload cannot be opened.
    Result<std::vector<StoredReject>> newest(std::size_t limit);

    const std::map<std::string, std::uint64_t>& counts() const { return counts_; }

    // Of those received from `from` on and before `until`.
    std::map<std::string, std::uint64_t> counts(Timestamp from, Timestamp until);

  private:
    SQLite::Database& database_;
    Key key_;
    SQLite::Statement insert_;
    std::uint64_t last_id_ = 0;
    std::map<std::string, std::uint64_t> counts_;
    std::map<std::string, std::uint64_t> unsettled_;
};

}  // namespace segmentd::daemon
