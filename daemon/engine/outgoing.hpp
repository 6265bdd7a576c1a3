// One event to one endpoint, as decided by the fold.
#pragma once

#include <string>
#include <string_view>

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

// True where a failed attempt says that the endpoint is down: no answer, or one of 500 and above. Any other answer
// shows that it lives, and an event that could not be put into its form was not sent at all.
inline bool is_fault_of_endpoint(std::int64_t status, std::string_view cause) {
    return status >= 500 || (status == 0 && cause != "body_mapping");
}

}  // namespace segmentd::daemon
