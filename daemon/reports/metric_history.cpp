#include "daemon/reports/metric_history.hpp"

#include <algorithm>

#include "daemon/engine/pilots/outcome_units.hpp"
#include "experiments/pilots/findings.hpp"

namespace segmentd::daemon {

Result<MetricHistory> MetricHistory::read(const Engine& engine, const PastRecords& past,
                                          std::vector<std::size_t> metrics) {
    MetricHistory history;
    history.book_ = engine.population().shared_book();
    history.metrics_ = std::move(metrics);
    history.entries_.resize(history.metrics_.size());
    const auto read = past(engine.records() + 1, [&](const Record& record) {
        const auto* signal = std::get_if<SignalRecord>(&record.payload);
        if (signal == nullptr) return;
        const auto occurred_at = std::min(record.occurred_at, record.engine_time);
        for (std::size_t i = 0; i < history.metrics_.size(); ++i) {
            const auto added = units_added(*history.book_, history.metrics_[i], *signal);
            if (added) history.entries_[i][record.customer].push_back({occurred_at, *added});
        }
    });
    if (!read) return fail(read.error());
    for (auto& customers : history.entries_) {
        for (auto& [customer, entries] : customers) std::ranges::sort(entries, {}, &Entry::at);
    }
    return history;
}

std::int64_t MetricHistory::units(std::size_t which, const CustomerId& customer, Timestamp after) const {
    const auto found = entries_[which].find(customer);
    if (found == entries_[which].end()) return 0;
    const auto until = after + metric(which).window;
    std::int64_t total = 0;
    for (auto entry = std::ranges::upper_bound(found->second, after, {}, &Entry::at);
         entry != found->second.end() && entry->at <= until; ++entry) {
        total = units_after(metric(which), total, entry->units);
    }
    return total;
}

double MetricHistory::units_in_one(std::size_t which) const {
    return experiments::units_in_one(metric(which), book_->metrics[metrics_[which]].money_digits);
}

const rules::MetricDefinition& MetricHistory::metric(std::size_t which) const {
    return book_->definitions.metrics[metrics_[which]];
}

}  // namespace segmentd::daemon
