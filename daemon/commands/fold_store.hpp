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
    std::int64_t models = 0;  // recorded facts that were found again
    std::int64_t alarms = 0;
    std::int64_t validations = 0;
};

// Every hash and signed tree head is checked; with verify every recorded fact about many customers is found
// again as well.
Result<FoldedStore> fold_store(Store& store, bool verify);

}  // namespace segmentd::daemon
