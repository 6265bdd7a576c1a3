// CloudEvents 1.0 over HTTP: binary, structured and batched mode.
//
// `type` names the signal (its id or one of its events), `subject` the customer, `id` the message;
// source and id together are the event's identity. Unlike the tracking API the sender is told: an
// event that breaks the format or its contract refuses the whole request with the reason.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "daemon/collect/collected.hpp"

namespace segmentd::daemon {

using HeaderLookup = std::function<std::string_view(std::string_view name)>;

// The event that was wrong, or the whole body, is kept as a reject.
tl::expected<Collected, Refusal> collect_cloud_events(const CollectContext& context, const HeaderLookup& header,
                                                      std::string_view body);

// A header value of the HTTP binding: quoted text unescaped, then percent-encoding decoded once.
// Nothing where the bytes are not UTF-8 or the encoding is broken.
std::optional<std::string> decode_header_value(std::string_view value);

}  // namespace segmentd::daemon
