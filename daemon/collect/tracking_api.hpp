// The Segment-compatible tracking API: track, identify, group, page, screen, alias and batch, as
// the unmodified SDKs send them.
//
// What cannot be used is a reject with its reason, never an error of the request: SDKs retry or
// drop by status, and a batch is not lost for one bad event. Consent travels in
// context.consent.categoryPreferences (purpose -> true or false) of any call, and stands even where the
// rest of its event is rejected: it is then a record of its own. Details of rejects name the event and
// the property and nothing that a customer wrote.
#pragma once

#include <boost/json/fwd.hpp>
#include <string_view>

#include "daemon/collect/collected.hpp"

namespace segmentd::daemon {

struct TrackingLimits {
    std::size_t event_bytes = 32 * 1024;
    std::size_t batch_bytes = 500 * 1000;
    std::size_t batch_events = 2'500;
};

// The call a path stands for: "track" for /v1/track and /v1/t, and so on; empty for others.
std::string_view tracking_call(std::string_view path);

// Reads the body of a call. A refusal (answer 400) means invalid JSON, a body that is too large, or no
// batch where one is due, and keeps the body as a reject; everything else is in the result.
tl::expected<Collected, Refusal> collect_tracking(const CollectContext& context, std::string_view call,
                                                  std::string_view body, const TrackingLimits& limits);

// The write key that some senders put into the body; empty where there is none.
std::string body_write_key(std::string_view body);

}  // namespace segmentd::daemon
