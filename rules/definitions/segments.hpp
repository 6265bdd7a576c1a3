// segments/*.yaml: who belongs together, why we believe it and who answers for it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rules/definitions/common.hpp"
#include "rules/definitions/segment_tests.hpp"

namespace segmentd::rules {

// What an input that is not known means for entering.
enum class MissingRule { exclude, include };

struct SuccessMetric {
    Reference<MetricId> metric;
    std::optional<double> at_least;
    std::optional<double> at_most;
};

struct SegmentDefinition {
    SegmentId id;
    std::string title;
    std::string objective;
    std::string rationale;
    std::vector<std::string> evidence;
    std::vector<std::string> values;  // what members value
    PersonId steward;
    Reference<PlaybookId> playbook;
    Condition enter;
    Condition stay;           // default: the enter condition
    Condition leave_at_once;  // ends a membership whatever minimum_stay says
    Duration minimum_stay{0};
    MissingRule missing = MissingRule::exclude;
    std::vector<SuccessMetric> success_metrics;
    std::optional<Duration> review_every;
    std::vector<SegmentTest> tests;
    SourcePlace place;
};

}  // namespace segmentd::rules
