// The page for those who receive events, written from the catalogue.
#include <fmt/format.h>

#include "rules/playbooks/event_catalogue.hpp"

namespace segmentd::rules {
namespace {

constexpr const char* introduction = R"(# Events that endpoints receive

This page is written by the code (`rules/playbooks/event_catalogue.cpp`); a test compares the two.

An endpoint names the types that it takes under `events:`. Each event is one POST, by default a CloudEvent in structured
JSON, and always signed after Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`). The id stays the
same over all attempts and replays, so a receiver that drops a repeated `webhook-id` sees every event once.

| member | also `event.` | meaning |
|---|---|---|
| `id` | `id` | the same as `webhook-id` |
| `type` | `type` | one of the types below, or `endpoint.test` for what `segmentctl endpoint test` sends |
| `source` | `source` | `/segmentd/` and the name of the workspace |
| `time`, `timestamp` | `time` | when it was decided, in engine time |
| `subject` | `subject` | the customer; left out where the event is about no customer |
| `data` | `data` | depends on the type |

Any answer from 200 to 299 is a delivery. 410 disables the endpoint, the header `webhook-delivery: abort-message` gives up
this event, everything else is tried again after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h, with 20 % jitter;
a `Retry-After` up to 24 h is kept in full. Redirects are failures.
)";

std::string section(const EventKind& kind) {
    std::string text = fmt::format("\n## `{}`\n\nSent when {}.\n\n", to_word(kind.type), kind.when);
    text += "| `data.` | type | | meaning |\n|---|---|---|---|\n";
    for (const auto& member : kind.members) {
        text += fmt::format("| `{}` | {} | {} | {} |\n", member.name, member.type,
                            member.required ? "always" : "where it applies", member.doc);
    }
    text += fmt::format("\nSample:\n\n```json\n{}\n```\n", cloud_event(sample_event(kind, true, {})));
    text += fmt::format("\nSchema of `data`:\n\n```json\n{}\n```\n", data_schema(kind));
    return text;
}

}  // namespace

std::string event_reference() {
    std::string text = introduction;
    for (const auto& kind : event_catalogue()) text += section(kind);
    return text;
}

}  // namespace segmentd::rules
