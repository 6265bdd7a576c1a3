// What was given up, and which events an order to send again is about: found in the ledger.
#pragma once

#include <boost/json/fwd.hpp>
#include <vector>

#include "base/records.hpp"
#include "daemon/store/store.hpp"

namespace segmentd::daemon {

inline constexpr std::size_t most_dead_letters = 10'000;  // of one answer, the newest

// Events of the endpoint whose last outcome is that they were given up, by when that was:
// [{"id","type","customer","touch","decided_at","given_up_at","attempts","status","cause","detail"}].
Result<boost::json::value> dead_letters_report(Store& store, const EndpointId& endpoint, Timestamp since);

struct ReplayOrder {
    EndpointId endpoint;
    Timestamp since{};       // inclusive; when it was decided, by the engine's clock
    bool dead_only = false;  // only what was given up last
    std::string actor;
    std::string reason;
};

inline constexpr std::size_t most_resends = 100'000;  // of one order

// One record for each event that was to be sent and is delivered or given up, oldest first, without
// sequence and times. What still waits is not among them. ErrorCode::limit beyond the most.
Result<std::vector<Record>> find_resends(Store& store, const ReplayOrder& order);

}  // namespace segmentd::daemon
