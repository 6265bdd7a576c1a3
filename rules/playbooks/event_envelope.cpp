#include "rules/playbooks/event_envelope.hpp"

#include <boost/json.hpp>

#include "base/canonical_json.hpp"

namespace segmentd::rules {

namespace json = boost::json;

std::string cloud_event(const EventEnvelope& event) {
    json::error_code error;
    json::value data = json::parse(event.data, error);
    json::object form{{"specversion", "1.0"},
                      {"id", event.id},
                      {"source", event.source},
                      {"type", event.type},
                      {"time", to_text(event.time)},
                      {"timestamp", to_text(event.time)},
                      {"datacontenttype", "application/json"},
                      {"data", error ? json::value(json::object()) : std::move(data)}};
    if (!event.subject.empty()) form["subject"] = event.subject;
    return canonical_json(form).value_or("{}");
}

}  // namespace segmentd::rules
