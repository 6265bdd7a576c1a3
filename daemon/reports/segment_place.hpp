// Where a segment is decided: among the customers or among the accounts.
#pragma once

#include "daemon/engine/engine.hpp"

namespace segmentd::daemon {

struct SegmentPlace {
    const Population& population;
    std::size_t segment = 0;  // as in the definitions of its rulebook
    rules::Subject of = rules::Subject::customer;
};

// Error{not_found} where there is no such segment.
Result<SegmentPlace> place_of_segment(const Engine& engine, const SegmentId& segment);

// The same for what is told of customers alone: also Error{not_found} for a segment of accounts.
Result<std::size_t> customer_segment(const Engine& engine, const SegmentId& segment);

}  // namespace segmentd::daemon
