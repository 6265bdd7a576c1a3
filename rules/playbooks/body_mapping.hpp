// The body of a request as an endpoint wants it: CEL over `event`.
//
// `event` has id, type, source, time (a timestamp), subject (missing where the event is about no
// customer) and data (a map).
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "rules/expression/declarations.hpp"
#include "rules/expression/program.hpp"
#include "rules/playbooks/event_envelope.hpp"

namespace segmentd::rules {

struct CompiledBody {
    std::optional<expression::Program> whole;
    std::map<std::string, expression::Program> members;
    bool is_json = true;  // false: a text is sent as it is, without quotes
    bool empty() const { return !whole && members.empty(); }
};

expression::Declarations envelope_scope();

// The value of one expression for an event. ErrorCode::invalid with the reason where it has none.
Result<expression::Value> map_event(const expression::Program& program, const EventEnvelope& event);

// The body, JSON unless told otherwise; an empty mapping gives the CloudEvent. ErrorCode::invalid where
// an expression has no value for this event, with the member's name.
Result<std::string> make_body(const CompiledBody& mapping, const EventEnvelope& event);

}  // namespace segmentd::rules
