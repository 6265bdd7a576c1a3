// What one request became: records to apply and rejects to keep, in order.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "base/records.hpp"
#include "daemon/store/reject.hpp"
#include "rules/definitions/definitions.hpp"
#include "rules/signals/contract.hpp"

namespace segmentd::daemon {

struct Collected {
    std::vector<Record> records;
    std::vector<Reject> rejects;
};

// A request that is refused as a whole: what the sender is told, and what is kept of it.
struct Refusal {
    int status = 400;
    std::string detail;
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

// Most bytes that the reject ledger keeps of what was sent; the rest is cut off.
inline constexpr std::size_t longest_kept_payload = 32 * 1024;

// The reject to keep for something from this way in ("tracking", "events", "source:NAME").
Reject make_reject(const CollectContext& context, std::string source, rules::Rejection rejection,
                   std::string_view payload);

// The refusal of a whole request whose body is kept as one reject.
tl::unexpected<Refusal> refuse_request(const CollectContext& context, std::string source, rules::Rejection rejection,
                                       std::string_view payload);

// Why a body is no JSON: "not_utf8" where its bytes are not even text, else "not_json" with this detail.
rules::Rejection unreadable_body(std::string_view body, std::string detail);

// A sender's name for an event, short and on one line, for the detail of a reject.
std::string shown_name(std::string_view name);

// The text, or where it is not UTF-8 its ASCII with '?' for every other byte.
std::string as_utf8(std::string text);

}  // namespace segmentd::daemon
