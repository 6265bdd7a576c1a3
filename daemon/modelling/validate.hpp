// Is a segment real? Its members are held against other customers by what they did later.
//
// Members are those who would have entered by the present definitions and models on all that had
// happened before `from`. Each metric is measured from `from` on over its own window, from <=
// occurred_at < from + window, so nothing that decided about membership is among the outcomes. Members
// are compared with all other customers known by then, and with the customers of the neighbouring
// segment (segment_groups.hpp) who are no members. Intervals are Welch's at 95 %; p-values are
// adjusted after Holm over all rows (experiments/analysis/group_differences.hpp).
//
// The verdict is `different` where members differ from non-members in some metric and, where there is
// a neighbour with enough data, from the neighbour in some metric too: a segment that its neighbour
// equals is half of a larger one.
#pragma once

#include "daemon/engine/engine.hpp"

namespace segmentd::daemon {

struct ValidationRequest {
    SegmentId segment;
    Timestamp from{};
    Timestamp until{};
    Timestamp now{};  // the engine time
};

// The finding, to be appended to the journal. The metrics are the segment's success metrics and the one
// of its objective; where it has neither, all whose window fits. Warnings say what weakens the
// finding: a model fitted on the period (its rows are in_sample), a definition written after the
// period began. Errors: an unknown segment; an end that is not after the beginning, or after the engine
// time (a workspace's own clock counts from its start); a metric whose window is longer than the
// period.
Result<ValidationRecord> validate_segment(const Engine& engine, const PastRecords& past,
                                          const ValidationRequest& request);

}  // namespace segmentd::daemon
