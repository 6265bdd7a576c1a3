// Writes the lines of the ledger that one record brought about.
#pragma once

#include <vector>

#include "base/ledger.hpp"
#include "daemon/engine/effects.hpp"

namespace segmentd::daemon {

// In the order in which the record brought them about; a delivery is an entry of its own.
std::vector<LedgerEntry> ledger_entries(const Record& record, const Effects& effects);

}  // namespace segmentd::daemon
