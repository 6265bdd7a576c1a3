// What endpoints can be sent: one table of events with their members. Schemas, samples, the check of
// body mappings and docs/reference/events.md come from its rows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/definitions/endpoints.hpp"
#include "rules/playbooks/event_envelope.hpp"

namespace segmentd::rules {

// A member of an event's data.
struct EventMember {
    const char* name;
    const char* type;    // of JSON Schema
    bool required;       // false: left out where it does not apply
    const char* sample;  // a text as it is, anything else as JSON
    const char* doc;
};

struct EventKind {
    EventType type;
    const char* when;
    bool has_customer;  // then `subject` is the customer
    std::vector<EventMember> members;
};

// Every type once, in the order of the words.
const std::vector<EventKind>& event_catalogue();
const EventKind& event_kind(EventType type);

// JSON Schema of `data`; further members may come later.
std::string data_schema(const EventKind& kind);

// A made-up event with the required members alone, or with all. `values` is the JSON object to stand in the member
// of that name, where the event has one; the catalogue's own where it is empty.
EventEnvelope sample_event(const EventKind& kind, bool with_optional, std::string_view values);

// What `segmentctl endpoint test` sends: the sample of the first type that the endpoint takes, as type
// `endpoint.test`, so that its body mapping finds the members it needs.
EventEnvelope test_event(const EndpointDefinition& endpoint, std::string_view values);

// docs/reference/events.md.
std::string event_reference();

}  // namespace segmentd::rules
