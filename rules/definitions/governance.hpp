// governance/*.yaml: what is watched, who is called, which attributes are protected.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rules/definitions/common.hpp"

namespace segmentd::rules {

// Watches the share of one segment among the customers seen each day.
struct DriftMonitor {
    Reference<SegmentId> segment;
    double reference_share = 0;  // the share that was approved
    double tolerance = 0.1;      // relative change that does not matter
    SourcePlace place;
};

struct DriftDefinition {
    std::vector<DriftMonitor> monitors;
    double false_alarms = 1;  // allowed in all, for every `per`
    Duration per = std::chrono::days(90);
    Duration review_within = std::chrono::days(14);  // deadline of an opened review
    SourcePlace place;
};

// Who is called when a review stays undecided: so long after its deadline, this person.
struct EscalationStep {
    Duration after{0};
    Reference<PersonId> to;
    SourcePlace place;
};

// Somebody answers for one condition that reads a protected attribute or a proxy of one. Exactly one
// of segment, model and feature is named.
struct SignedException {
    ExpressionText attribute;  // as in protected_attributes or proxies
    Reference<SegmentId> segment;
    Reference<ModelId> model;
    Reference<FeatureId> feature;
    PersonId by;
    Timestamp on{};
    std::string reason;
    SourcePlace place;
};

struct GovernanceDefinition {
    std::string name;
    std::string owner;
    std::vector<std::string> protected_attributes;  // profile attributes
    std::vector<ExpressionText> proxies;            // "profile.city", "feature.x", "score.y", "event.z"
    std::vector<SignedException> signed_exceptions;
    DriftDefinition drift;
    std::vector<EscalationStep> escalation;  // in the order of their times
    SourcePlace place;
};

}  // namespace segmentd::rules
