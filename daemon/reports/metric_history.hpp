// What customers brought over time, by metric, so that a metric can be asked from any instant on.
#pragma once

#include <unordered_map>

#include "daemon/engine/engine.hpp"

namespace segmentd::daemon {

class MetricHistory {
  public:
    // Reads the journal once for these metrics, given by their index in the definitions. Signals count
    // at the time they occurred, however late they came.
    static Result<MetricHistory> read(const Engine& engine, const PastRecords& past, std::vector<std::size_t> metrics);

    // The customer's total of metrics[which] over after < occurred_at <= after + its window, in units.
    std::int64_t units(std::size_t which, const CustomerId& customer, Timestamp after) const;

    // Units that make 1.0 on the metric's own scale.
    double units_in_one(std::size_t which) const;

    const rules::MetricDefinition& metric(std::size_t which) const;
    std::size_t size() const { return metrics_.size(); }

  private:
    struct Entry {
        Timestamp at{};
        std::int64_t units = 0;
    };

    std::shared_ptr<const rules::Rulebook> book_;
    std::vector<std::size_t> metrics_;
    std::vector<std::unordered_map<CustomerId, std::vector<Entry>>> entries_;  // as metrics_, each by time
};

}  // namespace segmentd::daemon
