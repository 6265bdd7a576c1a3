// Events for other systems besides touches: who entered or left a segment, and what happened to reviews
// and pilots. Every endpoint whose definition names the type gets one.
#pragma once

#include <string>
#include <vector>

#include "daemon/engine/touches/touches.hpp"

namespace segmentd::daemon {

// "segment.entered" or "segment.left", data {"customer","segment","cause","segment_version","values",
// "version"}. They say where a customer stands and are no contact, so they need no consent; of a suppressed customer
// nothing is told.
std::vector<EventDecision> announce_change(const EventContext& context, const Customer& customer,
                                           const MembershipChange& change);

// "account.entered" or "account.left", with "account" in the place of "customer". They are about no customer.
std::vector<EventDecision> announce_account_change(const EventContext& context, const MembershipChange& change);

struct Announcement {
    std::string type;
    std::string about;  // what makes this one different from others of its type at the same instant
    Timestamp at{};
    std::string data;  // JSON object
};

// An event about no customer: "review.opened", "review.overdue", "pilot.decided". For a paused endpoint it is
// decided to be sent, and waits until the endpoint is resumed.
std::vector<EventDecision> announce(const EventContext& context, const Announcement& announcement);

}  // namespace segmentd::daemon
