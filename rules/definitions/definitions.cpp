#include "rules/definitions/definitions.hpp"

#include <algorithm>

#include "rules/definitions/words.hpp"

namespace segmentd::rules {

std::vector<MetricId> metrics_of(const PilotDefinition& pilot) {
    std::vector<MetricId> metrics;
    const auto take = [&](const MetricId& metric) {
        if (!metric.empty() && std::ranges::count(metrics, metric) == 0) metrics.push_back(metric);
    };
    take(pilot.primary.id);
    for (const auto& metric : pilot.leading) take(metric.id);
    for (const auto& metric : pilot.lagging) take(metric.id);
    for (const auto& guardrail : pilot.guardrails) take(guardrail.metric.id);
    return metrics;
}

std::optional<SuccessMetric> target_of(const Definitions& definitions, const Objective& objective) {
    const auto* metric = find(definitions.metrics, objective.metric.id);
    if (metric == nullptr || !objective.target) return std::nullopt;
    const bool is_up = metric->direction == MetricDirection::up;
    return SuccessMetric{objective.metric, is_up ? objective.target : std::nullopt,
                         is_up ? std::nullopt : objective.target};
}

std::vector<SuccessMetric> success_metrics_of(const Definitions& definitions, const SegmentDefinition& segment) {
    if (!segment.success_metrics.empty()) return segment.success_metrics;
    for (const auto& objective : definitions.workspace.objectives) {
        if (objective.name != segment.objective) continue;
        if (auto target = target_of(definitions, objective)) return {std::move(*target)};
    }
    return {};
}

const char* to_word(Aggregate aggregate) {
    return word_of(aggregate);
}
const char* to_word(ModelType type) {
    return word_of(type);
}
const char* to_word(ScoreOutput output) {
    return word_of(output);
}
const char* to_word(MetricTiming timing) {
    return word_of(timing);
}
const char* to_word(TouchTrigger trigger) {
    return word_of(trigger);
}
const char* to_word(EndpointMode mode) {
    return word_of(mode);
}
const char* to_word(EventType type) {
    return word_of(type);
}

std::vector<std::string> event_words(const EndpointDefinition& endpoint) {
    std::vector<std::string> words;
    for (const auto type : endpoint.events) words.emplace_back(word_of(type));
    return words;
}

bool takes(const EndpointDefinition& endpoint, std::string_view type) {
    return std::any_of(endpoint.events.begin(), endpoint.events.end(),
                       [&](EventType taken) { return type == word_of(taken); });
}

}  // namespace segmentd::rules
