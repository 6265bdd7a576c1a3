#include "daemon/engine/touches/touches.hpp"

#include <fmt/format.h>

#include "base/sha256.hpp"

namespace segmentd::daemon {
namespace {

// 128 bits of a hash over who, what and why; a full stop may not stand in a webhook id.
std::string effect_id(const TouchDecision& decision, const MembershipChange& change) {
    Sha256Stream stream;
    for (const auto* part : {&decision.customer.text, &decision.playbook.text, &decision.touch.text, &change.version,
                             &change.segment.text}) {
        stream.add_number(part->size());
        stream.add(*part);
    }
    stream.add_number(change.entered ? 1 : 0);
    stream.add_number(static_cast<std::uint64_t>(to_microseconds(change.at)));
    const auto digest = stream.finish();
    return "touch_" + to_hex(std::span(digest).first<16>());
}

void decide_fate(const Population& population, const Customer& customer, const rules::TouchDefinition& touch,
                 TouchDecision& decision) {
    const auto& definitions = population.book().definitions;
    const auto* purpose = rules::find(definitions.workspace.purposes, touch.purpose.id);
    const auto* endpoint = rules::find(definitions.endpoints, touch.endpoint.id);
    if (customer.suppressed) {
        decision.fate = TouchFate::refused;
        decision.reason = "suppressed";
    } else if (purpose != nullptr && !population.allows(customer, *purpose)) {
        decision.fate = TouchFate::refused;
        decision.reason = fmt::format("no_consent {}", purpose->id.text);
    } else if (endpoint == nullptr || endpoint->mode == rules::EndpointMode::shadow) {
        decision.fate = TouchFate::shadow;
        decision.reason = fmt::format("endpoint {} is in shadow", touch.endpoint.id.text);
    }
}

}  // namespace

std::vector<TouchDecision> Touches::decide(const Population& population, const Customer& customer,
                                           const MembershipChange& change, const PilotArm& pilot) {
    const auto& definitions = population.book().definitions;
    const auto* segment = rules::find(definitions.segments, change.segment);
    const auto* arm = pilot.arm;
    const auto& playbook_id = arm != nullptr && !arm->playbook.empty() ? arm->playbook.id : segment->playbook.id;
    const auto* playbook = rules::find(definitions.playbooks, playbook_id);
    std::vector<TouchDecision> decisions;
    if (playbook == nullptr) return decisions;
    const auto trigger = change.entered ? rules::TouchTrigger::entered : rules::TouchTrigger::left;
    for (const auto& touch : playbook->touches) {
        if (touch.when != trigger) continue;
        TouchDecision decision;
        decision.customer = customer.id;
        decision.touch = touch.id;
        decision.playbook = playbook->id;
        decision.segment = change.segment;
        decision.endpoint = touch.endpoint.id;
        decision.pilot = pilot.pilot;
        decision.arm = arm != nullptr ? arm->name : "";
        decision.channel = touch.channel;
        decision.message = touch.message;
        decision.at = change.at;
        decision.id = effect_id(decision, change);
        decide_fate(population, customer, touch, decision);
        if (index_.contains(decision.id)) continue;
        index_.emplace(decision.id, decided_.size());
        if (decision.fate == TouchFate::send) pending_.insert(decided_.size());
        decided_.push_back(decision);
        decisions.push_back(std::move(decision));
    }
    return decisions;
}

void Touches::note(const DeliveryRecord& delivery, Timestamp at) {
    const auto found = index_.find(delivery.touch);
    if (found == index_.end()) return;
    deliveries_[delivery.touch] = {delivery.outcome, delivery.attempt, delivery.status, at};
    if (delivery.outcome != DeliveryOutcome::failed) pending_.erase(found->second);
}

std::vector<const TouchDecision*> Touches::pending() const {
    std::vector<const TouchDecision*> waiting;
    for (const auto position : pending_) waiting.push_back(&decided_[position]);
    return waiting;
}

const TouchDecision* Touches::find(const std::string& id) const {
    const auto found = index_.find(id);
    return found == index_.end() ? nullptr : &decided_[found->second];
}

const DeliveryState* Touches::delivery(const std::string& id) const {
    const auto found = deliveries_.find(id);
    return found == deliveries_.end() ? nullptr : &found->second;
}

void Touches::append_canonical(std::string& bytes) const {
    for (const auto& decision : decided_) {
        bytes += decision.id + ' ' + to_word(decision.fate) + ' ' + decision.reason + '\n';
    }
    for (const auto& [id, state] : deliveries_) {
        bytes += fmt::format("{} {} {} {}\n", id, static_cast<int>(state.outcome), state.attempts, state.status);
    }
}

const char* to_word(DeliveryOutcome outcome) {
    switch (outcome) {
        case DeliveryOutcome::delivered: return "delivered";
        case DeliveryOutcome::failed: return "failed";
        case DeliveryOutcome::given_up: return "given_up";
    }
    return "failed";
}

const char* to_word(TouchFate fate) {
    switch (fate) {
        case TouchFate::send: return "send";
        case TouchFate::shadow: return "shadow";
        case TouchFate::refused: return "refused";
    }
    return "refused";
}

}  // namespace segmentd::daemon
