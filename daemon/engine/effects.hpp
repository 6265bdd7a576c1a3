// What one record brought about: the engine's whole output. Nothing here is state; all of it
// follows again from the journal.
#pragma once

#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/records.hpp"

namespace segmentd::daemon {

struct MembershipChange {
    CustomerId customer;
    SegmentId segment;
    bool entered = true;
    Timestamp at{};
    std::string cause;
    std::string values;
    std::string version;
};

enum class TouchFate { send, shadow, refused };

// One decision to contact a customer, or not to, with its reason. The id is a hash of customer,
// touch, version and cause: the same decision has the same id in every replay.
struct TouchDecision {
    std::string id;
    CustomerId customer;
    TouchId touch;
    PlaybookId playbook;
    SegmentId segment;
    EndpointId endpoint;
    PilotId pilot;    // empty outside pilots
    std::string arm;  // empty outside pilots
    std::string channel;
    std::string message;
    Timestamp at{};
    TouchFate fate = TouchFate::send;
    std::string reason;  // of a refusal: "suppressed", "no_consent offers"; of a shadow: "endpoint crm is in shadow"
};

struct Effects {
    std::vector<MembershipChange> changes;
    std::vector<TouchDecision> touches;
    std::vector<Payload> facts;  // about many customers: to be recorded right after
};

const char* to_word(TouchFate fate);

}  // namespace segmentd::daemon
