// segments/*.yaml: who belongs together, why we believe it and who answers for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rules/definitions/common.hpp"
#include "rules/definitions/segment_tests.hpp"

namespace segmentd::rules {

// What it means for entering that enter is neither true nor false, because an input is not known. error keeps
// out as exclude does, and says so: nobody is meant to lack the input.
enum class MissingRule { exclude, include, error };

struct SuccessMetric {
    Reference<MetricId> metric;
    std::optional<double> at_least;
    std::optional<double> at_most;
};

enum class EvidenceKind { interview, survey, analysis };

// A note that supports the rationale; of a plain text only the note is known.
struct Evidence {
    std::optional<EvidenceKind> kind;
    std::optional<Timestamp> date;
    std::string source;
    std::string note;
};

// Sizes that were agreed on. Borders are included; shares are of all known customers.
struct SegmentLimits {
    std::optional<std::int64_t> size_at_least;
    std::optional<std::int64_t> size_at_most;
    std::optional<double> share_at_least;
    std::optional<double> share_at_most;
    bool operator==(const SegmentLimits&) const = default;
};

struct SegmentDefinition {
    SegmentId id;
    // 12 hex digits over what decides about membership: whose segment it is, the conditions, minimum_stay, missing and
    // the place in a family. Texts and targets do not change it, nor do the features, scores and thresholds that it
    // reads: those are told by the version of the definitions.
    std::string version;
    std::string title;
    Subject of = Subject::customer;
    std::string objective;
    std::string rationale;
    std::vector<Evidence> evidence;
    std::vector<std::string> values;           // what members value
    std::vector<std::string> jobs_to_be_done;  // what they want to get done
    std::vector<std::string> pain_points;      // what is in their way
    PersonId steward;
    Reference<PlaybookId> playbook;
    Condition enter;
    Condition stay;           // default: the enter condition
    Condition leave_at_once;  // ends a membership whatever minimum_stay says
    Duration minimum_stay{0};
    MissingRule missing = MissingRule::exclude;
    std::vector<SuccessMetric> success_metrics;
    SegmentLimits limits;
    std::optional<Duration> review_every;
    std::optional<Timestamp> review_on;
    FamilyId family;                      // empty: of none
    std::vector<SegmentId> comes_before;  // the segments of the family with priority over this one
    bool is_remainder = false;            // of its family; declared there
    std::vector<SegmentTest> tests;
    SourcePlace place;
};

}  // namespace segmentd::rules
