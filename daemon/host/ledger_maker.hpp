// Makes the ledger of a store that is older than the ledger, from the fold of its journal, and checks that of
// every other store by its running hash.
#pragma once

#include <vector>

#include "daemon/engine/ledger/ledger.hpp"
#include "daemon/store/store.hpp"

namespace segmentd::daemon {

class LedgerMaker {
  public:
    // Does nothing for a store whose ledger is whole.
    explicit LedgerMaker(Store& store) : store_(store), is_needed_(!store.has_whole_ledger()) {}

    // Call for every record of the journal, in order; the lines are kept until finish().
    void take(const Record& record, const Effects& effects);

    // Call after the last record, outside the reading. Error{corrupt} where the ledger is not what was written.
    Result<void> finish();

  private:
    Store& store_;
    bool is_needed_;
    std::vector<LedgerEntry> lines_;
};

}  // namespace segmentd::daemon
