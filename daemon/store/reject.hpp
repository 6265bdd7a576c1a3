// An input that was refused, as it is handed to the store and as it comes back.
#pragma once

#include <cstdint>
#include <string>

#include "base/timestamp.hpp"

namespace segmentd::daemon {

// Source, reason and detail are stored in the clear: no personal data belongs there. The payload,
// what was sent, is encrypted under the workspace key.
struct Reject {
    Timestamp received_at{};
    std::string source;
    std::string reason;  // a short word that rejects are counted by, for example "unknown_signal"
    std::string detail;
    std::string payload;
    bool operator==(const Reject&) const = default;
};

struct StoredReject {
    std::uint64_t id = 0;  // 1, 2, 3 ... in the order of arrival
    Reject reject;
};

}  // namespace segmentd::daemon
