// metrics/*.yaml and pilots/*.yaml: what we measure, and which beliefs we test.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/money.hpp"
#include "rules/definitions/common.hpp"

namespace segmentd::rules {

enum class MetricCompute { any, count, sum };  // per customer: did it happen, how often, how much
enum class MetricTiming { leading, lagging };
enum class MetricDirection { up, down };

struct MetricDefinition {
    MetricId id;
    std::string title;
    std::string owner;
    Reference<SignalId> signal;
    MetricCompute compute = MetricCompute::any;
    ExpressionText value;  // CEL over event, for sum
    Condition where;       // CEL over event
    Duration window{0};    // enrolled < occurred_at <= enrolled + window
    MetricTiming timing = MetricTiming::leading;
    MetricDirection direction = MetricDirection::up;
    SourcePlace place;
};

struct ArmDefinition {
    std::string name;
    double weight = 0;
    bool control = false;
    Reference<PlaybookId> playbook;  // empty: the segment's own
    SourcePlace place;
};

enum class AssignmentRule { hashed, imported };

struct GuardrailDefinition {
    Reference<MetricId> metric;
    double worse_by_at_most = 0;  // on the metric's own scale
};

struct DesignDefinition {
    std::string method = "always_valid";
    double alpha = 0.05;
    double power = 0.80;
    std::optional<double> smallest_effect;
    std::int64_t tuned_at = 5000;  // units at which the always-valid interval is narrowest
};

struct DecisionDefinition {
    std::optional<Timestamp> by;
    PersonId owner;
    ExpressionText ship;       // CEL over the pilot's judgements
    ExpressionText roll_back;  // the same
    ExpressionText confirm;    // the same; keeps an earlier decision to ship
    std::string otherwise = "review";
    SourcePlace by_place;
};

struct PilotDefinition {
    PilotId id;
    std::string title;
    std::string hypothesis;
    Reference<SegmentId> segment;                 // empty: every customer
    std::vector<Reference<SegmentId>> report_by;  // findings also for these segments
    std::vector<ArmDefinition> arms;
    AssignmentRule assignment = AssignmentRule::hashed;
    std::string layer;             // default: the pilot's own name
    std::string seed;              // default: the pilot's own name
    Reference<PurposeId> purpose;  // who does not allow it is not enrolled; empty: what the touches need
    Timestamp enrol_from = beginning_of_time;
    Timestamp enrol_until = never;
    std::optional<Timestamp> observe_until;
    SourcePlace observe_until_place;
    Reference<MetricId> primary;
    std::vector<Reference<MetricId>> leading;
    std::vector<Reference<MetricId>> lagging;
    std::vector<GuardrailDefinition> guardrails;
    DesignDefinition design;
    DecisionDefinition decide_leading;
    DecisionDefinition decide_lagging;
    std::optional<Money> budget;
    SourcePlace place;
};

// Every metric of a pilot once, in the order primary, leading, lagging, guardrails.
std::vector<MetricId> metrics_of(const PilotDefinition& pilot);

const char* to_word(MetricTiming timing);

}  // namespace segmentd::rules
