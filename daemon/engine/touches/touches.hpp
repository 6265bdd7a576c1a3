// The touch planner: turns a membership change into decisions to contact the customer, and keeps
// what was decided and what became of it.
//
// The playbook is the one of the customer's pilot arm where a pilot runs in the segment, else the
// segment's own. Suppression refuses first, then missing consent for the touch's purpose; an
// endpoint in shadow records and sends nothing.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/engine/effects.hpp"
#include "daemon/engine/population/population.hpp"

namespace segmentd::daemon {

// What became of a touch that was to be sent.
struct DeliveryState {
    DeliveryOutcome outcome = DeliveryOutcome::failed;
    std::int64_t attempts = 0;
    std::int64_t status = 0;
    Timestamp at{};
};

const char* to_word(DeliveryOutcome outcome);

class Touches {
  public:
    // The arm that a pilot of the segment gave the customer; null where none does.
    struct PilotArm {
        PilotId pilot;
        const rules::ArmDefinition* arm = nullptr;
    };

    // The decisions for one change, in the order of the playbook; they are kept as decided.
    std::vector<TouchDecision> decide(const Population& population, const Customer& customer,
                                      const MembershipChange& change, const PilotArm& pilot);

    // Notes the outcome of an attempt. An id nobody decided on changes nothing.
    void note(const DeliveryRecord& delivery, Timestamp at);

    // Touches to be sent that are neither delivered nor given up, oldest first.
    std::vector<const TouchDecision*> pending() const;
    const std::deque<TouchDecision>& all() const { return decided_; }
    const TouchDecision* find(const std::string& id) const;
    const DeliveryState* delivery(const std::string& id) const;
    void append_canonical(std::string& bytes) const;

  private:
    std::deque<TouchDecision> decided_;
    std::map<std::string, std::size_t> index_;         // by id
    std::set<std::size_t> pending_;                    // positions that wait to be sent
    std::map<std::string, DeliveryState> deliveries_;  // by id
};

}  // namespace segmentd::daemon
