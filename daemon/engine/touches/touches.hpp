// The touch planner: turns a membership change into decisions to contact the customer.
//
// The playbook is the one of the customer's pilot arm where a pilot runs in the segment, else the
// segment's own. Suppression refuses first, then missing consent for the touch's purpose, then a pause
// of the playbook, the pilot or the endpoint; an endpoint in shadow records and sends nothing.
#pragma once

#include <string>
#include <vector>

#include "daemon/engine/effects.hpp"
#include "daemon/engine/pauses/pauses.hpp"
#include "daemon/engine/population/population.hpp"

namespace segmentd::daemon {

// What decisions about events read besides the event.
struct EventContext {
    const Population& population;
    const Pauses& pauses;
};

// The arm that a pilot of the segment gave the customer; null where none does.
struct PilotArm {
    PilotId pilot;
    const rules::ArmDefinition* arm = nullptr;
};

// Who treats the customer in this segment; null where nobody does.
const rules::PlaybookDefinition* playbook_for(const Population& population, const SegmentId& segment,
                                              const PilotArm& pilot);

// True where a pause would refuse any of the touches that follow from the change.
bool is_paused(const EventContext& context, const MembershipChange& change, const PilotArm& pilot);

// A number that stands for a playbook in a membership: it noticed the entry.
std::uint32_t playbook_mark(const PlaybookId& playbook);

// The decisions for one change, in the order of the playbook. The data of each event is
// {"customer","segment","playbook","touch","channel","message"} and, in a pilot, "pilot" and "arm".
std::vector<EventDecision> decide_touches(const EventContext& context, const Customer& customer,
                                          const MembershipChange& change, const PilotArm& pilot);

// A touch to a tester leaves whatever the endpoint's mode is, because a person asked for this one; only a
// pause stops it. Its data says "test": true. Nothing where playbook, touch or tester do not exist (any more).
std::vector<EventDecision> decide_tester_touch(const EventContext& context, const TesterTouchRecord& order,
                                               const Record& record);

}  // namespace segmentd::daemon
