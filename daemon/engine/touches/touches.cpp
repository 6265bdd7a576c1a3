#include "daemon/engine/touches/touches.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/canonical_json.hpp"
#include "base/stable_hash.hpp"
#include "daemon/engine/touches/event_id.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

// One touch of a playbook on its way to be decided.
struct PlannedTouch {
    const rules::PlaybookDefinition& playbook;
    const rules::TouchDefinition& touch;
    const PilotArm& pilot;
};

json::object data_of(const PlannedTouch& planned, const std::string& customer, const SegmentId& segment) {
    json::object data{
        {"customer", customer},           {"segment", segment.text},          {"playbook", planned.playbook.id.text},
        {"touch", planned.touch.id.text}, {"channel", planned.touch.channel}, {"message", planned.touch.message}};
    if (planned.pilot.arm != nullptr) {
        data["pilot"] = planned.pilot.pilot.text;
        data["arm"] = planned.pilot.arm->name;
    }
    return data;
}

void refuse(EventDecision& decision, std::string reason) {
    decision.fate = TouchFate::refused;
    decision.reason = std::move(reason);
}

// Why nothing may go out now; empty where it may.
std::string pause_of(const EventContext& context, const PlannedTouch& planned) {
    const std::pair<PauseTarget, const std::string&> needed[] = {
        {PauseTarget::playbook, planned.playbook.id.text},
        {PauseTarget::pilot, planned.pilot.pilot.text},
        {PauseTarget::endpoint, planned.touch.endpoint.id.text}};
    for (const auto& [target, name] : needed) {
        if (context.pauses.find(target, name) != nullptr) return fmt::format("{} {} is paused", to_word(target), name);
    }
    return {};
}

void decide_fate(const EventContext& context, const Customer& customer, const PlannedTouch& planned,
                 EventDecision& decision) {
    const auto& definitions = context.population.book().definitions;
    const auto* purpose = rules::find(definitions.workspace.purposes, planned.touch.purpose.id);
    const auto* endpoint = rules::find(definitions.endpoints, planned.touch.endpoint.id);
    if (customer.rest->suppressed) return refuse(decision, "suppressed");
    if (purpose != nullptr && !context.population.allows(customer, *purpose)) {
        return refuse(decision, fmt::format("no_consent {}", purpose->id.text));
    }
    if (auto pause = pause_of(context, planned); !pause.empty()) return refuse(decision, std::move(pause));
    if (endpoint == nullptr || endpoint->mode == rules::EndpointMode::shadow) {
        decision.fate = TouchFate::shadow;
        decision.reason = fmt::format("endpoint {} is in shadow", planned.touch.endpoint.id.text);
        return;
    }
    decision.reason = fmt::format("endpoint {} is live", endpoint->id.text);
}

}  // namespace

const rules::PlaybookDefinition* playbook_for(const Population& population, const SegmentId& segment,
                                              const PilotArm& pilot) {
    const auto& definitions = population.book().definitions;
    const auto* own = rules::find(definitions.segments, segment);
    const bool arm_has_one = pilot.arm != nullptr && !pilot.arm->playbook.empty();
    if (!arm_has_one && own == nullptr) return nullptr;
    return rules::find(definitions.playbooks, arm_has_one ? pilot.arm->playbook.id : own->playbook.id);
}

bool is_paused(const EventContext& context, const MembershipChange& change, const PilotArm& pilot) {
    const auto* playbook = playbook_for(context.population, change.segment, pilot);
    if (playbook == nullptr) return false;
    const auto trigger = change.entered ? rules::TouchTrigger::entered : rules::TouchTrigger::left;
    return std::ranges::any_of(playbook->touches, [&](const rules::TouchDefinition& touch) {
        return touch.when == trigger && !pause_of(context, {*playbook, touch, pilot}).empty();
    });
}

std::uint32_t playbook_mark(const PlaybookId& playbook) {
    return static_cast<std::uint32_t>(stable_hash(playbook.text).low) | 1U;
}

std::vector<EventDecision> decide_touches(const EventContext& context, const Customer& customer,
                                          const MembershipChange& change, const PilotArm& pilot) {
    std::vector<EventDecision> decisions;
    const auto* playbook = playbook_for(context.population, change.segment, pilot);
    if (playbook == nullptr) return decisions;
    const auto trigger = change.entered ? rules::TouchTrigger::entered : rules::TouchTrigger::left;
    for (const auto& touch : playbook->touches) {
        if (touch.when != trigger) continue;
        const PlannedTouch planned{*playbook, touch, pilot};
        EventDecision decision;
        decision.event = {
            .id = event_id(
                "touch_", {change.customer.text, playbook->id.text, touch.id.text, change.version, change.segment.text},
                {change.entered ? 1U : 0U, instant_number(change.at)}),
            .endpoint = touch.endpoint.id,
            .type = "touch",
            .customer = change.customer,
            .at = change.at,
            .data = {}};
        decision.event.data = canonical_json(data_of(planned, change.customer.text, change.segment)).value_or("{}");
        decision.cause = cause_of(change);
        decide_fate(context, customer, planned, decision);
        decisions.push_back(std::move(decision));
    }
    return decisions;
}

std::vector<EventDecision> decide_tester_touch(const EventContext& context, const TesterTouchRecord& order,
                                               const Record& record) {
    const auto& definitions = context.population.book().definitions;
    const auto& testers = definitions.workspace.testers;
    const auto tester = std::ranges::find(testers, order.tester, &rules::Tester::name);
    const auto* playbook = rules::find(definitions.playbooks, order.playbook);
    if (tester == testers.end() || playbook == nullptr) return {};
    const auto* touch = rules::find(playbook->touches, order.touch);
    if (touch == nullptr) return {};
    const PilotArm no_pilot;
    const PlannedTouch planned{*playbook, *touch, no_pilot};
    auto data = data_of(planned, tester->customer, SegmentId());
    data["test"] = true;
    EventDecision decision;
    decision.event = {
        .id = event_id("touch_", {tester->customer, order.playbook.text, order.touch.text, record.actor, "test"},
                       {instant_number(record.received_at)}),
        .endpoint = touch->endpoint.id,
        .type = "touch",
        .customer = {},
        .at = record.engine_time,
        .data = canonical_json(data).value_or("{}")};
    decision.cause = "a test ordered by " + record.actor;
    decision.reason = "tests go out whatever the endpoint's mode is";
    if (auto pause = pause_of(context, planned); !pause.empty()) refuse(decision, std::move(pause));
    return {std::move(decision)};
}

}  // namespace segmentd::daemon
