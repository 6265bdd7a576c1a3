// The keys of the subjects of records: one random key for each customer, subject 0 for the
// workspace. They lie in the database wrapped by the master key, so that destroying one row makes
// the payloads of one customer unreadable for good.
//
// Functions throw what SQLite throws; the caller holds the transaction.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "base/result.hpp"
#include "daemon/store/database.hpp"
#include "daemon/store/sealing.hpp"

namespace segmentd::daemon {

inline constexpr std::uint64_t workspace_subject = 0;

class KeyRing {
  public:
    KeyRing(SQLite::Database& database, const Key& master);

    // not_found where the subject has no key, corrupt where the master key does not unwrap it.
    Result<Key> key_of(std::uint64_t subject);

    Key create(std::uint64_t subject);

    // For keys whose transaction was rolled back.
    void forget(std::uint64_t subject) { known_.erase(subject); }

    // The next subject without a key.
    std::uint64_t next_subject();

  private:
    void remember(std::uint64_t subject, const Key& key);

    SQLite::Database& database_;
    Key master_;
    SQLite::Statement select_;
    SQLite::Statement insert_;
    std::unordered_map<std::uint64_t, Key> known_;
};

}  // namespace segmentd::daemon
