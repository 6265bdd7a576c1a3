// What the outcome of one call means for the event and for its endpoint.
#pragma once

#include <optional>
#include <string>

#include "daemon/net/http_client.hpp"

namespace segmentd::daemon {

struct Judgement {
    enum class Kind { delivered, failed, given_up };

    Kind kind = Kind::delivered;
    std::int64_t status = 0;
    // One word, empty where delivered: timeout, connect, name, tls, address_refused, url, answer,
    // http_3xx, http_4xx, http_429, http_5xx, gone, abort_message, body_mapping, secret_missing.
    std::string cause;
    std::string detail;  // for people; never what the receiver wrote
    std::optional<std::chrono::seconds> retry_after{};
    bool is_endpoint_at_fault = false;  // counts for the breaker; otherwise the endpoint has answered
    bool disables = false;              // 410: the endpoint wants nothing any more
};

// 2xx is delivered, whatever the body. A header `webhook-delivery: abort-message` and 410 give up at
// once, everything else fails and may be tried again.
Judgement judge(const HttpOutcome& outcome);

// The event cannot be put into the form that the endpoint wants.
Judgement cannot_be_mapped(std::string detail);

}  // namespace segmentd::daemon
