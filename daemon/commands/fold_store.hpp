// A store's journal folded from its first record: what replay, backup and restore compare.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "daemon/store/store.hpp"

namespace segmentd::daemon {

struct FoldedStore {
    std::uint64_t records = 0;
    std::string state_sha256;
    std::string tree_head;
    std::string workspace;  // its name; empty where the store holds none yet
    std::uint64_t customers = 0;
    Timestamp received_last = beginning_of_time;  // by the wall clock
    std::int64_t ledger_lines = 0;                // held against the fold
    std::int64_t models = 0;                      // recorded facts that were found again
    std::int64_t alarms = 0;
    std::int64_t validations = 0;
};

// Every hash and signed tree head is checked, and every line of the ledger, where the store has a whole one; the
// first that the fold does not give is Error{corrupt}. With verify every recorded fact about many customers is found
// again as well.
Result<FoldedStore> fold_store(Store& store, bool verify);

}  // namespace segmentd::daemon
