// One figure for many waits.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace segmentd::bench {

// The value that this share of the values (0 to 1) does not exceed, rounded down to one of them. Not empty.
inline double percentile(std::vector<double> values, double share) {
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::ranges::nth_element(values, place);
    return *place;
}

}  // namespace segmentd::bench
