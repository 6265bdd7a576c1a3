// What one record brought about: the engine's whole output. Nothing here is state; all of it
// follows again from the journal, and the ledger keeps it for those who ask later.
#pragma once

#include <string>
#include <vector>

#include "base/choices.hpp"
#include "base/ids.hpp"
#include "daemon/engine/outgoing.hpp"

namespace segmentd::daemon {

struct MembershipChange {
    CustomerId customer;
    SegmentId segment;
    bool entered = true;
    Timestamp at{};
    std::string cause;
    std::string values;
    std::string version;          // of the definitions
    std::string segment_version;  // of the segment's own definition
};

enum class TouchFate { send, shadow, refused };

// One decision about an event to an endpoint, touches among them, with its reason. The id is a hash of
// customer, what and its version, and the cause: the same decision has the same id in every replay.
struct EventDecision {
    Outgoing event;
    TouchFate fate = TouchFate::send;
    std::string cause;   // what asked for it: "entered buyers: signal purchase", "a test ordered by person:dana"
    std::string reason;  // "endpoint crm is live", "endpoint crm is in shadow", "no_consent offers", "suppressed"
};

// What follows from the state and is to be recorded right after, by the system.
struct Fact {
    Payload payload;
    std::string reason{};  // of what stops something
};

struct Effects {
    std::vector<MembershipChange> changes;
    std::vector<MembershipChange> account_changes;  // customer: the account
    std::vector<EventDecision> events;
    std::vector<Fact> facts;
};

const char* to_word(TouchFate fate);

// "entered buyers: signal purchase", "left buyers: time".
std::string cause_of(const MembershipChange& change);

}  // namespace segmentd::daemon
