#include "rules/playbooks/event_catalogue.hpp"

#include <boost/json.hpp>
#include <cassert>

#include "base/json_text.hpp"

namespace segmentd::rules {

namespace json = boost::json;

namespace {

json::value sample_of(const EventMember& member) {
    const bool is_text = std::string_view(member.type) == "string";
    return is_text ? json::value(member.sample) : json::parse(member.sample);
}

EventKind membership_event(EventType type, const char* when, const EventMember& who) {
    return {type,
            when,
            std::string_view(who.name) == "customer",
            {
                who,
                {"segment", "string", true, "growing_teams", "which segment"},
                {"cause", "string", true, "signal seats_changed", "what set the change off"},
                {"values", "object", true, R"({"feature.seats":14})",
                 "what the segment's conditions read, by name, as it was; null where it was not known"},
                {"version", "string", true, "3f2a9c1b7d04", "version of the definitions that decided"},
                {"segment_version", "string", true, "b81e07c4a9d2",
                 "version of the segment's own definition: the same as long as its conditions are"},
            }};
}

EventKind review_event(EventType type, const char* when) {
    return {type,
            when,
            false,
            {
                {"review", "integer", true, "7", "number of the review"},
                {"kind", "string", true, "drift", "what opened it: drift, limit, validation or pilot"},
                {"segment", "string", true, "growing_teams", "the segment that is reviewed"},
                {"steward", "string", true, "dana", "the steward of the segment"},
                {"owner", "string", true, "dana", "who answers for it now; after a deadline the next person"},
                {"state", "string", true, "open", "open, acknowledged, snoozed"},
                {"opened_at", "string", true, "2026-11-02T00:00:00Z", "when it was opened"},
                {"deadline", "string", true, "2026-11-16T00:00:00Z", "until when a decision is owed"},
                {"finding", "string", true, "", "what was found; may be empty"},
                {"causes", "array", true, R"(["definitions 3f2a9c1b7d04 applied by person:dana"])",
                 "our own doings that may have caused it"},
            }};
}

}  // namespace

const std::vector<EventKind>& event_catalogue() {
    static const std::vector<EventKind> kinds = {
        {EventType::touch,
         "a customer is to be contacted, as a playbook says",
         true,
         {
             {"customer", "string", true, "c_1042", "whom to contact"},
             {"segment", "string", true, "growing_teams", "the segment that was entered or left"},
             {"playbook", "string", true, "check_in", "the playbook that says so"},
             {"touch", "string", true, "call_the_owner", "the touch of the playbook"},
             {"channel", "string", true, "phone", "how; empty where the playbook does not say"},
             {"message", "string", true, "Ask how the new seats are used.", "what to say; may be empty"},
             {"pilot", "string", false, "guided_setup", "the pilot whose arm chose the playbook"},
             {"arm", "string", false, "guided", "that arm"},
             {"test", "boolean", false, "true",
              "it goes to a tester, by `segmentctl touch test`, also from an endpoint in shadow"},
         }},
        membership_event(EventType::segment_entered, "a customer entered a segment",
                         {"customer", "string", true, "c_1042", "who"}),
        membership_event(EventType::segment_left, "a customer left a segment",
                         {"customer", "string", true, "c_1042", "who"}),
        review_event(EventType::review_opened, "a review was opened"),
        review_event(EventType::review_overdue, "a review was not decided by its deadline and passes to the next role"),
        {EventType::pilot_decided,
         "one of the two verdicts of a pilot was reached",
         false,
         {
             {"pilot", "string", true, "guided_setup", "which pilot"},
             {"verdict", "string", true, "leading", "leading or lagging"},
             {"decision", "string", true, "ship", "ship, roll_back, confirm, revert or review"},
             {"arm", "string", true, "guided", "the arm that it is about; empty where there is none"},
             {"because", "string", true, "primary.better", "why"},
         }},
        membership_event(EventType::account_entered, "an account entered a segment of accounts",
                         {"account", "string", true, "acme", "which account"}),
        membership_event(EventType::account_left, "an account left a segment of accounts",
                         {"account", "string", true, "acme", "which account"}),
    };
    return kinds;
}

const EventKind& event_kind(EventType type) {
    for (const auto& kind : event_catalogue()) {
        if (kind.type == type) return kind;
    }
    assert(false && "every type stands in the catalogue");
    return event_catalogue().front();
}

std::string data_schema(const EventKind& kind) {
    json::object properties;
    json::array required;
    for (const auto& member : kind.members) {
        properties[member.name] = json::object{{"type", member.type}, {"description", member.doc}};
        if (member.required) required.emplace_back(member.name);
    }
    return json_text(json::object{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                                  {"title", to_word(kind.type)},
                                  {"type", "object"},
                                  {"required", std::move(required)},
                                  {"properties", std::move(properties)}});
}

EventEnvelope sample_event(const EventKind& kind, bool with_optional, std::string_view values) {
    json::object data;
    for (const auto& member : kind.members) {
        if (member.required || with_optional) data[member.name] = sample_of(member);
    }
    if (!values.empty() && data.contains("values")) data["values"] = json::parse(values);
    EventEnvelope event;
    event.id = "sample_0123456789abcdef";
    event.type = to_word(kind.type);
    event.source = "/segmentd/demo";
    event.time = Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 11 / 2) + std::chrono::hours(9));
    if (kind.has_customer) event.subject = "c_1042";
    event.data = json_text(data);
    return event;
}

EventEnvelope test_event(const EndpointDefinition& endpoint, std::string_view values) {
    auto event = sample_event(event_kind(endpoint.events.front()), true, values);
    event.type = "endpoint.test";
    return event;
}

}  // namespace segmentd::rules
