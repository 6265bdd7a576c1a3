// Several comparisons of two groups that are read together: do these customers differ from those?
//
// Each difference of means has Welch's interval (Welch 1947) at confidence 1 - alpha. The verdicts
// stand on p-values adjusted after Holm (1979, "A simple sequentially rejective multiple test
// procedure"), so that among all comparisons a false "different" has at most the chance alpha.
#pragma once

#include <span>
#include <vector>

#include "base/records.hpp"
#include "experiments/analysis/two_means.hpp"

namespace segmentd::experiments {

// With fewer units on one side the comparison says nothing.
inline constexpr std::int64_t fewest_units = 30;

struct GroupPair {
    ArmSummary group;
    ArmSummary other;
};

struct GroupDifference {
    double difference = 0;  // group - other
    Interval interval;
    double p = 1;
    double p_adjusted = 1;
    Verdict verdict = Verdict::not_enough_data;
};

// One difference for each pair, in their order. Too few units on a side, or an outcome that is the
// same for everybody on both sides, is not_enough_data: it has p = 1 and does not count among the
// comparisons. Where each side is constant and the two differ, p is 0 and the interval a point.
std::vector<GroupDifference> compare_groups(std::span<const GroupPair> pairs, double alpha);

// Holm's adjusted p-values in the order of the given ones; each at most 1.
std::vector<double> holm_adjusted(std::span<const double> p_values);

}  // namespace segmentd::experiments
