// One event on its way out, and its usual form: CloudEvents 1.0, structured JSON.
#pragma once

#include <string>

#include "base/timestamp.hpp"

namespace segmentd::rules {

struct EventEnvelope {
    std::string id;
    std::string type;    // "touch", "segment.entered", ...
    std::string source;  // "/segmentd/" and the name of the workspace
    Timestamp time{};
    std::string subject;      // the customer; empty where the event is about no customer
    std::string data = "{}";  // a JSON object
};

// Canonical JSON. `timestamp` repeats `time`, for receivers that follow Standard Webhooks.
std::string cloud_event(const EventEnvelope& event);

}  // namespace segmentd::rules
