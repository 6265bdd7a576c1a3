#include "rules/load/warnings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace segmentd::rules::load {
namespace {

class Warnings {
  public:
    Warnings(const Definitions& definitions, Timestamp now)
        : definitions_(definitions), workspace_(definitions.workspace), now_(now) {}

    void look_at(const SegmentDefinition& segment);
    void look_at(const EndpointDefinition& endpoint);
    void look_at(const GovernanceDefinition& governance);
    std::vector<Error> take() { return std::move(warnings_); }

  private:
    void warn(const SourcePlace& place, std::string message, const char* rule, const char* hint) {
        warnings_.push_back({ErrorCode::invalid, std::move(message), place, rule, hint});
    }
    void warn_if_gone(const SourcePlace& place, const std::string& subject, const PersonId& person);

    const Definitions& definitions_;
    const WorkspaceSettings& workspace_;
    Timestamp now_;
    std::vector<Error> warnings_;
};

}  // namespace

std::vector<Error> find_warnings(const Definitions& definitions, Timestamp now) {
    Warnings warnings(definitions, now);
    for (const auto& segment : definitions.segments) warnings.look_at(segment);
    for (const auto& endpoint : definitions.endpoints) warnings.look_at(endpoint);
    for (const auto& governance : definitions.governance) warnings.look_at(governance);
    return warnings.take();
}

namespace {

void Warnings::look_at(const SegmentDefinition& segment) {
    const auto subject = fmt::format("segment {}", segment.id.text);
    if (segment.objective.empty() && !segment.is_remainder) {
        warn(segment.place, subject + ": it serves no objective", "no_objective",
             "agree on objectives in workspace.yaml; every segment names one of them");
    }
    if (segment.of == Subject::customer && !segment.is_remainder && success_metrics_of(definitions_, segment).empty()) {
        warn(segment.place, subject + ": nothing says when it works", "no_success_metric",
             "write success_metrics: [{metric: ..., at_least: ...}]");
    }
    const auto* steward = find(workspace_.people, segment.steward);
    if (steward != nullptr && std::ranges::count(steward->roles, "steward") == 0) {
        warn(segment.place, fmt::format("{}: {} has not the role steward", subject, segment.steward.text),
             "not_a_steward", "give them the role in workspace.yaml, or name another steward");
    }
    warn_if_gone(segment.place, subject + ": its steward", segment.steward);
}

void Warnings::look_at(const EndpointDefinition& endpoint) {
    warn_if_gone(endpoint.place, fmt::format("endpoint {}: its owner", endpoint.id.text), PersonId(endpoint.owner));
}

void Warnings::look_at(const GovernanceDefinition& governance) {
    for (const auto& step : governance.escalation) {
        warn_if_gone(step.place, fmt::format("governance {}: escalation:", governance.name), step.to.id);
    }
    for (const auto& exception : governance.signed_exceptions) {
        if (exception.on <= now_) continue;
        warn(exception.place,
             fmt::format("signed_exceptions: {} signs for {} on {}, a day to come", exception.by.text,
                         exception.attribute.text, to_date_text(exception.on)),
             "signed_ahead", "write the day on which it was signed");
    }
}

void Warnings::warn_if_gone(const SourcePlace& place, const std::string& subject, const PersonId& person) {
    if (!has_left(workspace_, person, now_)) return;
    const auto left = *find(workspace_.people, person)->left;
    warn(place, fmt::format("{} {} left on {}", subject, person.text, to_date_text(left)), "person_left",
         "name somebody who is there");
}

}  // namespace
}  // namespace segmentd::rules::load
