// A few figures for many waits.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

namespace segmentd::bench {

// The value that this share of the values (0 to 1) does not exceed, rounded down to one of them. Not empty.
inline double percentile(std::vector<double> values, double share) {
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::ranges::nth_element(values, place);
    return *place;
}

// One line: what was waited for, then the median, the 99th percentile and the longest.
inline void print_waits(std::string_view what, const std::vector<double>& waits) {
    fmt::print("{:<54} {:>8.2f} {:>8.2f} {:>8.2f}\n", what, percentile(waits, 0.50), percentile(waits, 0.99),
               percentile(waits, 1.0));
}

}  // namespace segmentd::bench
