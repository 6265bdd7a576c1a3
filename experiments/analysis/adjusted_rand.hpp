// How much two divisions of the same customers agree, beyond what chance would give.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace segmentd::experiments {

// So many are in this class of the one division and in that class of the other.
struct SharedCount {
    std::size_t first = 0;
    std::size_t second = 0;
    std::int64_t units = 0;  // zero or more
};

// The adjusted Rand index of Hubert and Arabie 1985 ("Comparing partitions", Journal of Classification 2, equation 5):
// 1 for equal divisions, 0 on average for independent ones, below 0 for less than that. A pair of classes stands once
// or not at all. Two divisions without any choice (all in one class, or each in its own) are equal. Nothing for fewer
// than two units.
std::optional<double> adjusted_rand(std::span<const SharedCount> counts);

}  // namespace segmentd::experiments
