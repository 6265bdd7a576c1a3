// The ledger of a store held against the fold of its journal, line by line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/sha256.hpp"
#include "daemon/engine/effects.hpp"
#include "daemon/store/store.hpp"

namespace segmentd::daemon {

class LedgerCheck {
  public:
    // Call for every record of the journal, in order.
    void take(const Record& record, const Effects& effects);

    // Call after the last record. Error{corrupt} names the first line that the fold does not give; lines of
    // records that came after the reading do not count, nor does a ledger that is not whole.
    Result<void> compare(Store& store);

    std::int64_t lines() const { return compared_; }

  private:
    struct Line {
        std::uint64_t sequence = 0;
        Sha256 hash{};  // of the line without the next
        std::string segment_version;
    };
    std::vector<Line> folded_;
    std::int64_t compared_ = 0;
};

}  // namespace segmentd::daemon
