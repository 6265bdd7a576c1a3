// Two proportions: the pooled z test of Pearson's chi-square without correction, read once.
#pragma once

#include <cstdint>
#include <optional>

namespace segmentd::experiments {

struct EventCount {
    std::int64_t events = 0;  // 0 .. units
    std::int64_t units = 0;
};

struct TwoProportions {
    double difference = 0;  // treatment - control
    double z = 0;
    double p = 1;  // two-sided
};

// Nothing where an arm is empty, or all units or none had the event: then nothing varied.
std::optional<TwoProportions> compare_proportions(const EventCount& control, const EventCount& treatment);

}  // namespace segmentd::experiments
