// One event to one endpoint, as decided by the fold.
#pragma once

#include <string>

#include "base/ids.hpp"
#include "base/timestamp.hpp"

namespace segmentd::daemon {

struct Outgoing {
    std::string id;  // hash of (customer, what and its version, cause); the webhook-id of every attempt
    EndpointId endpoint;
    std::string type;     // "touch", "segment.entered" and the other words of rules::EventType
    CustomerId customer;  // empty where the event is about no customer
    Timestamp at{};
    std::string data;  // JSON object: the data of the CloudEvent
};

// Why an endpoint is sent nothing although it could be: an operator paused it, or it answered 410.
enum class EndpointStop { none, paused, gone };

}  // namespace segmentd::daemon
