// Sample ratio: did the arms get the shares of customers that the design says?
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace segmentd::experiments {

struct SampleRatio {
    double statistic = 0;  // Pearson's chi-square; infinite where an arm of weight 0 has units
    std::int64_t degrees_of_freedom = 0;
    double p = 1;  // alarm below .001
};

// Weights are relative and need not add up to 1. Without any unit p is 1. Nothing where there are
// fewer than two arms with a weight, the sizes differ, or a count or weight is negative.
std::optional<SampleRatio> check_sample_ratio(std::span<const std::int64_t> counts, std::span<const double> weights);

}  // namespace segmentd::experiments
