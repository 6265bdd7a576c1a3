// Compiles the body mappings of endpoints and tries them on a sample of every event they are sent, with the inputs
// of this workspace's segments, so that a mistyped member is found before anything leaves.
#include <fmt/format.h>

#include <algorithm>

#include "rules/playbooks/event_catalogue.hpp"
#include "rules/rulebook/builder.hpp"
#include "rules/rulebook/sample_values.hpp"

namespace segmentd::rules {

using expression::TypeKind;

void Builder::compile_endpoints() {
    const auto scope = envelope_scope();
    for (const auto& endpoint : book_.definitions.endpoints) {
        CompiledBody body;
        body.is_json = endpoint.content_type.empty() || endpoint.content_type.find("json") != std::string::npos;
        if (!endpoint.body.whole.empty()) {
            body.whole = compile(endpoint.body.whole, scope, TypeKind::dyn);
            if (body.whole) try_on_samples(endpoint, endpoint.body.whole.place, *body.whole);
        }
        for (const auto& [name, text] : endpoint.body.members) {
            auto program = compile(text, scope, TypeKind::dyn);
            if (!program) continue;
            try_on_samples(endpoint, text.place, *program);
            body.members.emplace(name, std::move(*program));
        }
        book_.bodies.push_back(std::move(body));
    }
}

void Builder::try_on_samples(const EndpointDefinition& endpoint, const SourcePlace& place,
                             const expression::Program& program) {
    const bool has_inputs =
        std::ranges::all_of(errors_, [](const Error& error) { return error.rule == "body_mapping"; });
    for (const auto type : endpoint.events) {
        const bool is_of_accounts = type == EventType::account_entered || type == EventType::account_left;
        const bool needs_inputs = type == EventType::segment_entered || type == EventType::segment_left;
        // Of conditions that were refused nobody knows what they read.
        if ((needs_inputs && !has_inputs) || (is_of_accounts && book_.accounts == nullptr)) continue;
        const auto values = sample_values(is_of_accounts ? *book_.accounts : book_);
        for (const bool with_optional : {true, false}) {
            const auto value = map_event(program, sample_event(event_kind(type), with_optional, values));
            if (value) continue;
            return refuse(
                place,
                fmt::format("endpoint {}: the body has no value for a {}{}: {}", endpoint.id.text, to_word(type),
                            with_optional ? "" : " without its optional members", value.error().message),
                "body_mapping",
                with_optional ? "docs/reference/events.md lists the members of every event"
                              : "ask first, as in has(event.data.pilot) ? event.data.pilot : \"\"");
        }
    }
}

}  // namespace segmentd::rules
