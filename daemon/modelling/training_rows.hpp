// What a model is fitted on: one row a customer, and the fit itself.
#pragma once

#include <span>
#include <variant>
#include <vector>

#include "daemon/engine/engine.hpp"
#include "daemon/reports/hindsight.hpp"
#include "rules/scoring/logistic.hpp"

namespace segmentd::daemon {

struct TrainingRows {
    std::vector<CustomerId> customers;  // of each row
    std::variant<std::vector<rules::PurchaseHistory>, std::vector<rules::SpendHistory>, rules::LogisticData> rows;
};

// Of a model by its place in the definitions, as of the hindsight's instant; a logistic model reads the past once more,
// for its features before the outcome. Customers with nothing to learn from are left out. An expression, which has
// nothing to fit, is Error{invalid}.
Result<TrainingRows> training_rows(const Engine& engine, const PastRecords& past, Hindsight& hindsight,
                                   std::size_t model);

// The same rows, each so many times (0: left out); one number a row.
TrainingRows repeated(const TrainingRows& training, std::span<const std::int64_t> times);

// Parameters, log-likelihood and number of customers; name, version and date are the caller's to fill in.
Result<ModelRecord> fit_rows(const rules::ModelDefinition& model, const TrainingRows& training);

}  // namespace segmentd::daemon
