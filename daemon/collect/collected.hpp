// What one request became: records to apply and rejects to keep, in order.
#pragma once

#include <string>
#include <vector>

#include <optional>

#include "base/records.hpp"
#include "daemon/store/reject.hpp"
#include "rules/definitions/definitions.hpp"

namespace segmentd::daemon {

struct Collected {
    std::vector<Record> records;
    std::vector<Reject> rejects;
};

// What every reader of requests knows about the moment and the sender.
struct CollectContext {
    const rules::Definitions* definitions = nullptr;
    int currency_digits = 2;
    Timestamp received_at{};  // wall clock
    Timestamp engine_now{};   // the engine's time at that moment
    std::string actor;        // "token:NAME"
    bool own_clock = false;   // the workspace's clock is not the wall clock
};

// The instant a sender means, on the engine's clock.
//
// A sender's clock may be wrong, so the age of an event at sending (sent_at - claimed) is trusted
// more than the claim: it is taken off the present. On a workspace with a clock of its own a claim
// that is not after the present is taken as it stands. What would lie in the future is now.
Timestamp place_in_time(const CollectContext& context, std::optional<Timestamp> claimed,
                        std::optional<Timestamp> sent_at);

}  // namespace segmentd::daemon
