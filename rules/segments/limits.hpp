// Does the size of a segment keep to the limits that were agreed on?
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rules/definitions/segments.hpp"

namespace segmentd::rules {

struct SegmentSize {
    std::int64_t members = 0;
    std::int64_t customers = 0;  // all that are known
};

struct BrokenLimit {
    std::string limit;  // "size at least 100", "share at most 30 %"
    double border = 0;
    double value = 0;  // the size or the share as it is
    bool is_share = false;
};

// In the order size, share, the lower border first; a border itself is kept to. Nothing is broken while no customer
// is known.
std::vector<BrokenLimit> broken_limits(const SegmentLimits& limits, const SegmentSize& size);

// "the share of slipping_away is 35.0 %, agreed was share at most 30 %".
std::string sentence(const SegmentId& segment, const BrokenLimit& broken);

}  // namespace segmentd::rules
