#include "rules/load/policies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "rules/load/protection.hpp"
#include "rules/load/yaml_text.hpp"

namespace segmentd::rules::load {
namespace {

void check_playbook_is_used(const PlaybookDefinition& playbook, const Definitions& definitions, Reading& reading);
void check_objective(const SegmentDefinition& segment, const Definitions& definitions, Reading& reading);
void check_success(const SegmentDefinition& segment, const Definitions& definitions, Reading& reading);
void check_target(const SuccessMetric& target, const Definitions& definitions, Reading& reading);
void check_monitors(const Definitions& definitions, Reading& reading);
void check_escalation(const Definitions& definitions, Reading& reading);
void check_headers(const EndpointDefinition& endpoint, Reading& reading);

}  // namespace

void check_policies(const Definitions& definitions, Reading& reading) {
    for (const auto& playbook : definitions.playbooks) check_playbook_is_used(playbook, definitions, reading);
    for (const auto& segment : definitions.segments) {
        if (!definitions.workspace.objectives.empty()) check_objective(segment, definitions, reading);
        check_success(segment, definitions, reading);
    }
    for (const auto& objective : definitions.workspace.objectives) {
        if (const auto target = target_of(definitions, objective)) check_target(*target, definitions, reading);
    }
    for (const auto& endpoint : definitions.endpoints) check_headers(endpoint, reading);
    check_monitors(definitions, reading);
    check_escalation(definitions, reading);
    check_protection(definitions, reading);
}

namespace {

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

// A company that agreed on what it wants keeps no segment that serves nothing of it. Without success metrics of its
// own a segment works when the metric of its objective reaches the objective's target.
void check_objective(const SegmentDefinition& segment, const Definitions& definitions, Reading& reading) {
    if (segment.is_remainder) return;
    const auto refuse = [&](const char* what, const char* rule, const char* hint) {
        reading.refuse_at(segment.place, {{}, rule, fmt::format("segment {}: {}", segment.id.text, what), hint});
    };
    if (segment.objective.empty()) {
        refuse("it serves no objective", "no_objective", "write objective: and one of the workspace's objectives");
    }
    if (segment.of == Subject::customer && success_metrics_of(definitions, segment).empty()) {
        refuse("nothing says when it works", "no_success_metric",
               "write success_metrics: [{metric: ..., at_least: ...}]");
    }
}

void check_success(const SegmentDefinition& segment, const Definitions& definitions, Reading& reading) {
    std::set<MetricId> seen;
    for (const auto& success : segment.success_metrics) {
        check_target(success, definitions, reading);
        if (seen.insert(success.metric.id).second) continue;
        reading.refuse_at(success.metric.place,
                          {{},
                           "duplicate_name",
                           fmt::format("segment {}: the metric {} stands twice in success_metrics", segment.id.text,
                                       success.metric.id.text),
                           "keep one of the two; at_least and at_most may stand together"});
    }
}

// Whether it happened is a share of members, and how often is never below 0; how much may be anything.
void check_target(const SuccessMetric& target, const Definitions& definitions, Reading& reading) {
    constexpr double unlimited = std::numeric_limits<double>::infinity();
    const auto compute = find(definitions.metrics, target.metric.id)->compute;
    const double lowest = compute == MetricCompute::sum ? -unlimited : 0;
    const double highest = compute == MetricCompute::any ? 1 : unlimited;
    if (target.at_least.value_or(lowest) <= highest && target.at_most.value_or(highest) >= lowest) return;
    reading.refuse_at(
        target.metric.place,
        {{},
         "out_of_range",
         fmt::format("the metric {} can never reach this target, because it says {}", target.metric.id.text,
                     compute == MetricCompute::any ? "for which share of members something happened"
                                                   : "how often something happened"),
         compute == MetricCompute::any ? "write a share from 0% to 100%" : "write 0 or more"});
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

// Two calls at one time, or in two files, leave open who is next to answer.
void check_escalation(const Definitions& definitions, Reading& reading) {
    const GovernanceDefinition* first = nullptr;
    for (const auto& governance : definitions.governance) {
        const auto& steps = governance.escalation;
        if (steps.empty()) continue;
        if (first != nullptr) {
            reading.refuse_at(steps.front().place,
                              {{},
                               "duplicate_name",
                               fmt::format("governance {}: there is an escalation already, at {}:{}", governance.name,
                                           first->escalation.front().place.file, first->escalation.front().place.line),
                               "write all steps into one list"});
            continue;
        }
        first = &governance;
        for (std::size_t i = 1; i < steps.size(); ++i) {
            if (steps[i].after > steps[i - 1].after) continue;
            reading.refuse_at(
                steps[i].place,
                {{},
                 "out_of_order",
                 fmt::format("governance {}: escalation: {} is called {} after the deadline, not later "
                             "than {} before",
                             governance.name, steps[i].to.id.text, to_text(steps[i].after), steps[i - 1].to.id.text),
                 "order the steps by after, each later than the one before"});
        }
    }
}

// Receivers read other bytes of a header each in their own way (RFC 9110, section 5.5).
void check_headers(const EndpointDefinition& endpoint, Reading& reading) {
    const auto check = [&](const std::string& name, const std::string& value) {
        if (std::ranges::all_of(value, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return;
        reading.refuse_at(endpoint.place, {{},
                                           "bad_header",
                                           fmt::format("endpoint {}: the header {} holds a character that is not ASCII",
                                                       endpoint.id.text, shown(name)),
                                           "write it in ASCII, or put it into the body"});
    };
    for (const auto& [name, value] : endpoint.headers) check(name, value);
    check("Content-Type", endpoint.content_type);
    const auto& hmac = endpoint.authentication.hmac;
    if (hmac) check(hmac->header, hmac->prefix);
}

}  // namespace
}  // namespace segmentd::rules::load
