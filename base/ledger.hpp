// One line of the ledger: what the daemon decided, for those who ask later. It follows from the
// journal, is written in the same transaction and is never rewritten.
#pragma once

#include <cstdint>
#include <string>

#include "base/ids.hpp"
#include "base/timestamp.hpp"

namespace segmentd {

// The numbers are stored: append, never reorder.
enum class LedgerKind : std::uint8_t {
    entered = 1,      // name: the segment; details {"cause","segment_version","values","version"}
    left,             // as entered
    event,            // name: the endpoint; details {"id","type","decision","cause","reason","data"}
    delivery,         // name: the outcome; details {"id","attempt","status","cause","detail"}
    account_entered,  // as entered, about no customer: details {"account","cause","segment_version","values","version"}
    account_left,     // as account_entered
};

struct LedgerEntry {
    std::uint64_t sequence = 0;  // of the record that brought it about
    LedgerKind kind = LedgerKind::entered;
    Timestamp at{};
    std::string name;
    CustomerId customer;  // empty where it is about no customer
    std::string details;  // JSON object
    bool operator==(const LedgerEntry&) const = default;
};

}  // namespace segmentd
