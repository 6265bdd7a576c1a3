#include "rules/load/agreement.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rules/load/suggestion.hpp"
#include "rules/load/yaml_text.hpp"

namespace segmentd::rules::load {
namespace {

void check_properties(const SourceDefinition& source, const SourceEmission& emission, const SignalDefinition& signal,
                      Reading& reading);
// Whose attributes a source gives, as it is called and where it is declared.
struct DeclaredAttributes {
    const AttributeTypes& types;
    const char* declared_by;
    const char* key;
};
void check_attributes(const SourceDefinition& source, const SourceEmission& emission,
                      const DeclaredAttributes& declared, Reading& reading);
void check_assignment(const SourceDefinition& source, const SourceEmission& emission, const Definitions& definitions,
                      Reading& reading);
void check_receiver(const EndpointDefinition& endpoint, const TouchDefinition& touch, Reading& reading);
void check_currency(const std::string& subject, const std::optional<Money>& amount, const SourcePlace& place,
                    const std::string& currency, Reading& reading);
void check_customer_zone(const WorkspaceSettings& workspace, Reading& reading);

}  // namespace

void check_agreement(const Definitions& definitions, Reading& reading) {
    for (const auto& source : definitions.sources) {
        for (const auto& emission : source.emit) {
            if (emission.signal) {
                check_properties(source, emission, *find(definitions.signals, emission.signal->id), reading);
            }
            const auto& workspace = definitions.workspace;
            if (emission.profile) {
                check_attributes(source, emission, {workspace.profile, "the workspace", "profile"}, reading);
            }
            if (!emission.account.empty()) {
                check_attributes(source, emission, {*workspace.account_profile, "account_profile", "account_profile"},
                                 reading);
            }
            if (emission.assignment) check_assignment(source, emission, definitions, reading);
        }
    }
    const auto& currency = definitions.workspace.currency;
    for (const auto& playbook : definitions.playbooks) {
        for (const auto& touch : playbook.touches) {
            check_receiver(*find(definitions.endpoints, touch.endpoint.id), touch, reading);
            check_currency(fmt::format("playbook {}: touch {}", playbook.id.text, touch.id.text), touch.cost,
                           touch.place, currency, reading);
        }
    }
    for (const auto& pilot : definitions.pilots) {
        check_currency(fmt::format("pilot {}: budget", pilot.id.text), pilot.budget, pilot.place, currency, reading);
    }
    check_customer_zone(definitions.workspace, reading);
}

namespace {

void check_properties(const SourceDefinition& source, const SourceEmission& emission, const SignalDefinition& signal,
                      Reading& reading) {
    std::vector<std::string> known;
    for (const auto& property : signal.properties) known.push_back(property.name);
    for (const auto& [name, expression] : emission.values) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        reading.refuse_at(expression.place, {{},
                                             "unknown_property",
                                             fmt::format("source {}: signal {} has no property {}", source.id.text,
                                                         signal.id.text, shown(name)),
                                             known.empty() ? "declare it in the signal" : suggestion(name, known)});
    }
    for (const auto& property : signal.properties) {
        if (!property.required || emission.values.contains(property.name)) continue;
        reading.refuse_at(emission.place, {{},
                                           "missing_property",
                                           fmt::format("source {}: signal {} requires the property '{}'",
                                                       source.id.text, signal.id.text, property.name),
                                           fmt::format("add {} to the values of this emission", property.name)});
    }
}

void check_attributes(const SourceDefinition& source, const SourceEmission& emission,
                      const DeclaredAttributes& declared, Reading& reading) {
    std::vector<std::string> known;
    for (const auto& [name, type] : declared.types) known.push_back(name);
    for (const auto& [name, expression] : emission.values) {
        if (declared.types.contains(name)) continue;
        reading.refuse_at(
            expression.place,
            {{},
             "unknown_attribute",
             fmt::format("source {}: {} declares no attribute {}", source.id.text, declared.declared_by, shown(name)),
             known.empty() ? fmt::format("declare it under {} in workspace.yaml", declared.key)
                           : suggestion(name, known)});
    }
}

void check_assignment(const SourceDefinition& source, const SourceEmission& emission, const Definitions& definitions,
                      Reading& reading) {
    const auto& pilot = *find(definitions.pilots, emission.assignment->id);
    if (pilot.assignment == AssignmentRule::imported) return;
    reading.refuse_at(emission.assignment->place,
                      {{},
                       "not_imported",
                       fmt::format("source {}: pilot {} assigns customers by itself", source.id.text, pilot.id.text),
                       "write assignment: imported in the pilot, or leave this emission out"});
}

void check_receiver(const EndpointDefinition& endpoint, const TouchDefinition& touch, Reading& reading) {
    if (takes(endpoint, to_word(EventType::touch))) return;
    reading.refuse_at(touch.endpoint.place,
                      {{},
                       "takes_no_touches",
                       fmt::format("touch {}: the endpoint {} takes no touches", touch.id.text, endpoint.id.text),
                       "add touch to the events of the endpoint"});
}

void check_currency(const std::string& subject, const std::optional<Money>& amount, const SourcePlace& place,
                    const std::string& currency, Reading& reading) {
    if (!amount || amount->currency == currency) return;
    reading.refuse_at(place,
                      {{},
                       "wrong_currency",
                       fmt::format("{} is in {}, the workspace counts in {}", subject, amount->currency, currency),
                       fmt::format("write the amount in {}", currency)});
}

void check_customer_zone(const WorkspaceSettings& workspace, Reading& reading) {
    const auto& name = workspace.customer_zone;
    if (name.empty() || workspace.profile.at(name.id) == AttributeType::text) return;
    reading.refuse_at(name.place, {{},
                                   "wrong_type",
                                   fmt::format("customer_zone: {} is no text, so it names no zone", name.id),
                                   "declare it as text, and send names such as Europe/Vienna"});
}

}  // namespace
}  // namespace segmentd::rules::load
