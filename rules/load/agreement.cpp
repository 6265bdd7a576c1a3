#include "rules/load/agreement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "rules/load/protection.hpp"
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
void check_playbook_is_used(const PlaybookDefinition& playbook, const Definitions& definitions, Reading& reading);
void check_maturity(const PilotDefinition& pilot, const Definitions& definitions, Reading& reading);
void check_customer_zone(const WorkspaceSettings& workspace, Reading& reading);
void check_monitors(const Definitions& definitions, Reading& reading);
void check_objective(const SegmentDefinition& segment, const WorkspaceSettings& workspace, Reading& reading);

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

void check_policies(const Definitions& definitions, Reading& reading) {
    for (const auto& playbook : definitions.playbooks) check_playbook_is_used(playbook, definitions, reading);
    for (const auto& pilot : definitions.pilots) check_maturity(pilot, definitions, reading);
    if (!definitions.workspace.objectives.empty()) {
        for (const auto& segment : definitions.segments) check_objective(segment, definitions.workspace, reading);
    }
    check_monitors(definitions, reading);
    check_protection(definitions, reading);
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

void check_playbook_is_used(const PlaybookDefinition& playbook, const Definitions& definitions, Reading& reading) {
    const auto names_it = [&](const auto& user) { return user.playbook.id == playbook.id; };
    const bool is_used = std::ranges::any_of(definitions.segments, names_it) ||
                         std::ranges::any_of(definitions.pilots, [&](const PilotDefinition& pilot) {
                             return std::ranges::any_of(pilot.arms, names_it);
                         });
    if (is_used) return;
    reading.refuse_at(
        playbook.place,
        {{},
         "unused_playbook",
         fmt::format("playbook {}: no segment and no arm of a pilot uses it", playbook.id.text),
         fmt::format("write playbook: {} in a segment or an arm, or take the playbook out", playbook.id.text)});
}

// Two references would be two decisions about one segment.
void check_monitors(const Definitions& definitions, Reading& reading) {
    std::map<SegmentId, SourcePlace> watched;
    for (const auto& governance : definitions.governance) {
        for (const auto& monitor : governance.drift.monitors) {
            const auto [first, is_new] = watched.emplace(monitor.segment.id, monitor.place);
            if (is_new) continue;
            reading.refuse_at(monitor.place,
                              {{},
                               "duplicate_name",
                               fmt::format("segment {} is watched twice; the first monitor stands at {}:{}",
                                           monitor.segment.id.text, first->second.file, first->second.line),
                               "keep one of the two"});
        }
    }
}

// A company that agreed on what it wants keeps no segment that serves nothing of it. Without success metrics of its
// own a segment works when the metric of its objective reaches the objective's target.
void check_objective(const SegmentDefinition& segment, const WorkspaceSettings& workspace, Reading& reading) {
    if (segment.is_remainder) return;
    const auto refuse = [&](const char* what, const char* rule, const char* hint) {
        reading.refuse_at(segment.place, {{}, rule, fmt::format("segment {}: {}", segment.id.text, what), hint});
    };
    if (segment.objective.empty()) {
        refuse("it serves no objective", "no_objective", "write objective: and one of the workspace's objectives");
    }
    const auto objective = std::ranges::find(workspace.objectives, segment.objective, &Objective::name);
    const bool has_measure =
        objective != workspace.objectives.end() && !objective->metric.empty() && objective->target.has_value();
    if (segment.success_metrics.empty() && !has_measure && segment.of == Subject::customer) {
        refuse("nothing says when it works", "no_success_metric",
               "write success_metrics: [{metric: ..., at_least: ...}]");
    }
}

// Every metric that a verdict or the observation waits for must be whole for the last to join.
void check_maturity(const PilotDefinition& pilot, const Definitions& definitions, Reading& reading) {
    if (pilot.enrol_until == never) return;
    const auto refuse_before = [&](const MetricDefinition& metric, const std::optional<Timestamp>& date,
                                   const SourcePlace& place, const char* key) {
        const Timestamp whole = pilot.enrol_until + metric.window;
        if (!date || *date >= whole) return;
        reading.refuse_at(
            place,
            {{},
             "too_early",
             fmt::format("pilot {}: {} is {}, but {} of the last to join is whole {} after enrolment ends, on {}",
                         pilot.id.text, key, to_text(*date), metric.id.text, to_text(metric.window), to_text(whole)),
             fmt::format("write {} or later, or end enrolment by {}", to_date_text(whole + Days(1) - Duration(1)),
                         to_date_text(*date - metric.window))});
    };
    const auto check = [&](const Reference<MetricId>& name, bool is_lagging) {
        const auto& metric = *find(definitions.metrics, name.id);
        const auto& verdict = is_lagging ? pilot.decide_lagging : pilot.decide_leading;
        refuse_before(metric, pilot.observe_until, pilot.observe_until_place, "observe_until");
        refuse_before(metric, verdict.by, verdict.by_place, is_lagging ? "decide.lagging.by" : "decide.leading.by");
    };
    const auto is_primary = [&](const auto& name) { return name.id == pilot.primary.id; };
    if (std::ranges::none_of(pilot.leading, is_primary) && std::ranges::none_of(pilot.lagging, is_primary)) {
        check(pilot.primary, find(definitions.metrics, pilot.primary.id)->timing == MetricTiming::lagging);
    }
    for (const auto& name : pilot.leading) check(name, false);
    for (const auto& name : pilot.lagging) check(name, true);
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
