// Fits a workspace's models on what had happened by an instant.
//
// The result is a record for each model, to be appended to the journal: a fit is a fact about many
// customers, and replay uses the parameters as they were recorded.
#pragma once

#include <vector>

#include "daemon/engine/engine.hpp"

namespace segmentd::daemon {

struct FitRequest {
    Timestamp as_of{};            // the end of what may be looked at
    std::vector<ModelId> models;  // empty: every model that is fitted (not `expression`)
};

// In the order of the definitions. Errors: an unknown model, a model that has nothing to fit, or a
// fit that fails, with the model's name.
Result<std::vector<ModelRecord>> fit_models(const Engine& engine, const PastRecords& past, const FitRequest& request);

}  // namespace segmentd::daemon
