// Questions to the ledger, and what is counted in it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ledger.hpp"

namespace segmentd::daemon {

// Which lines, and in which order; what is empty asks for everything.
struct LedgerQuery {
    std::vector<LedgerKind> kinds;
    std::string name;
    Timestamp from = beginning_of_time;  // included
    Timestamp until = never;             // not included
    bool or_nobody = false;              // with those of one customer, those about no customer too
    bool newest_first = false;
    std::size_t limit = 0;  // 0: all
};

// Members who came and went on one day (its number since 1970).
struct SegmentFlow {
    std::int64_t day = 0;
    std::string segment;
    std::int64_t entered = 0;
    std::int64_t left = 0;
};

// How many customers left one segment and entered another at the same instant.
struct Migration {
    std::string from;
    std::string to;
    std::int64_t customers = 0;
};

}  // namespace segmentd::daemon
