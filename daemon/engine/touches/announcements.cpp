#include "daemon/engine/touches/announcements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/canonical_json.hpp"
#include "daemon/engine/touches/event_id.hpp"
#include "rules/definitions/words.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

std::vector<EventDecision> announce_membership(const EventContext& context, const MembershipChange& change,
                                               rules::Subject of);

// What is about no customer is no contact and is still true later: a paused endpoint gets it when it is resumed.
void decide_fate(const EventContext& context, const rules::EndpointDefinition& endpoint, EventDecision& decision) {
    const bool is_paused = context.pauses.find(PauseTarget::endpoint, endpoint.id.text) != nullptr;
    const bool is_kept = decision.event.customer.empty();
    const bool is_shadow = endpoint.mode == rules::EndpointMode::shadow;
    const auto say = [&](TouchFate fate, const char* state) {
        decision.fate = fate;
        decision.reason = fmt::format("endpoint {} is {}", endpoint.id.text, state);
    };
    if (is_paused && !is_kept) return say(TouchFate::refused, "paused");
    if (is_shadow) return say(TouchFate::shadow, "in shadow");
    say(TouchFate::send, is_paused ? "paused; this waits until it is resumed" : "live");
}

// One decision for every endpoint that wants the event; its id and endpoint are filled in.
template <typename MakeId>
std::vector<EventDecision> for_endpoints(const EventContext& context, const EventDecision& proposed,
                                         const MakeId& make_id) {
    std::vector<EventDecision> decisions;
    for (const auto& endpoint : context.population.book().definitions.endpoints) {
        if (!rules::takes(endpoint, proposed.event.type)) continue;
        auto decision = proposed;
        decision.event.endpoint = endpoint.id;
        decision.event.id = make_id(endpoint.id.text);
        decide_fate(context, endpoint, decision);
        decisions.push_back(std::move(decision));
    }
    return decisions;
}

}  // namespace

std::vector<EventDecision> announce_change(const EventContext& context, const Customer& customer,
                                           const MembershipChange& change) {
    if (customer.rest->suppressed) return {};
    return announce_membership(context, change, rules::Subject::customer);
}

std::vector<EventDecision> announce_account_change(const EventContext& context, const MembershipChange& change) {
    return announce_membership(context, change, rules::Subject::account);
}

std::vector<EventDecision> announce(const EventContext& context, const Announcement& announcement) {
    Outgoing event;
    event.type = announcement.type;
    event.at = announcement.at;
    event.data = announcement.data;
    return for_endpoints(context, {event, TouchFate::send, announcement.about, {}}, [&](const std::string& endpoint) {
        return event_id("event_", {announcement.type, endpoint, announcement.about}, {instant_number(announcement.at)});
    });
}

namespace {

std::vector<EventDecision> announce_membership(const EventContext& context, const MembershipChange& change,
                                               rules::Subject of) {
    const bool is_customer = of == rules::Subject::customer;
    Outgoing event;
    event.type = fmt::format("{}.{}", is_customer ? "segment" : "account", change.entered ? "entered" : "left");
    const auto& endpoints = context.population.book().definitions.endpoints;
    const bool is_wanted =
        std::ranges::any_of(endpoints, [&](const auto& endpoint) { return rules::takes(endpoint, event.type); });
    if (!is_wanted) return {};
    if (is_customer) event.customer = change.customer;
    event.at = change.at;
    json::error_code unreadable;
    const auto values = json::parse(change.values, unreadable);
    event.data = canonical_json(json::object{{rules::word_of(of), change.customer.text},
                                             {"segment", change.segment.text},
                                             {"cause", change.cause},
                                             {"segment_version", change.segment_version},
                                             {"values", values},
                                             {"version", change.version}})
                     .value_or("{}");
    return for_endpoints(context, {event, TouchFate::send, cause_of(change), {}}, [&](const std::string& endpoint) {
        return event_id("event_", {event.type, endpoint, change.customer.text, change.segment.text, change.version},
                        {instant_number(change.at)});
    });
}

}  // namespace
}  // namespace segmentd::daemon
