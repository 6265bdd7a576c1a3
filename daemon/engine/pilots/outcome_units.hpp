// What a metric counts, in whole units: 1 for "it happened" and "how often", else the amount in
// minor units or in units of 2^-20. Pilots, validations and weekly tracking count alike.
#pragma once

#include "daemon/engine/population/population.hpp"

namespace segmentd::daemon {

// What one signal adds to the metric of this index; nothing where the metric does not count it. A sum
// over a signal without the amount adds 0.
std::optional<std::int64_t> units_added(const rules::Rulebook& book, std::size_t metric, const SignalRecord& signal);

// A customer's total after one more signal: for "it happened" 1, else the sum. Totals stay within 2^52,
// so that the squares of millions of them fit into an ExactSum.
std::int64_t units_after(const rules::MetricDefinition& metric, std::int64_t total, std::int64_t added);

}  // namespace segmentd::daemon
