// Everything a workspace says, as plain values in a fixed order (by kind, then by name).
#pragma once

#include <string>
#include <vector>

#include "rules/definitions/endpoints.hpp"
#include "rules/definitions/families.hpp"
#include "rules/definitions/features.hpp"
#include "rules/definitions/governance.hpp"
#include "rules/definitions/models.hpp"
#include "rules/definitions/pilots.hpp"
#include "rules/definitions/playbooks.hpp"
#include "rules/definitions/segments.hpp"
#include "rules/definitions/signals.hpp"
#include "rules/definitions/workspace.hpp"

namespace segmentd::rules {

struct Definitions {
    std::string version;  // 12 hex digits of the SHA-256 of all files, by path
    WorkspaceSettings workspace;
    std::vector<SignalDefinition> signals;
    std::vector<SourceDefinition> sources;
    std::vector<FeatureDefinition> features;
    std::vector<ModelDefinition> models;
    std::vector<SegmentDefinition> segments;
    std::vector<FamilyDefinition> families;
    std::vector<PlaybookDefinition> playbooks;
    std::vector<EndpointDefinition> endpoints;
    std::vector<MetricDefinition> metrics;
    std::vector<PilotDefinition> pilots;
    std::vector<GovernanceDefinition> governance;
};

// The definition of that name, or null. Lists are short; a linear search is the plain way.
template <typename Definition, typename AnyId>
const Definition* find(const std::vector<Definition>& list, const AnyId& id) {
    for (const auto& definition : list) {
        if (definition.id == id) return &definition;
    }
    return nullptr;
}

// What the objective asks of its metric: at least its target, or at most where less is better. Nothing where it names
// no metric or no target.
std::optional<SuccessMetric> target_of(const Definitions& definitions, const Objective& objective);

// By what the segment is judged: its own success metrics, or without any the target of its objective.
std::vector<SuccessMetric> success_metrics_of(const Definitions& definitions, const SegmentDefinition& segment);

}  // namespace segmentd::rules
