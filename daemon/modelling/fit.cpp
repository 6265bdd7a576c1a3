#include "daemon/modelling/fit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/modelling/training_rows.hpp"
#include "daemon/reports/hindsight.hpp"

namespace segmentd::daemon {

using rules::ModelType;

namespace {

Error about(const rules::ModelDefinition& model, Error error) {
    error.message = fmt::format("model {}: {}", model.id.text, error.message);
    return error;
}

std::vector<std::size_t> wanted_models(const rules::Rulebook& book, const FitRequest& request) {
    std::vector<std::size_t> wanted;
    for (std::size_t i = 0; i < book.definitions.models.size(); ++i) {
        const auto& model = book.definitions.models[i];
        const bool is_named = std::ranges::count(request.models, model.id) > 0;
        if (is_named || (request.models.empty() && model.type != ModelType::expression)) wanted.push_back(i);
    }
    return wanted;
}

Result<ModelRecord> fit_one(const Engine& engine, const PastRecords& past, Hindsight& hindsight, std::size_t index) {
    TRY(training, training_rows(engine, past, hindsight, index));
    return fit_rows(engine.population().book().definitions.models[index], training);
}

}  // namespace

Result<std::vector<ModelRecord>> fit_models(const Engine& engine, const PastRecords& past, const FitRequest& request) {
    const auto& book = engine.population().book();
    for (const auto& name : request.models) {
        if (rules::find(book.definitions.models, name) != nullptr) continue;
        return fail(ErrorCode::not_found, fmt::format("there is no model '{}'", name.text),
                    "segmentctl models lists them");
    }
    TRY(hindsight, look_back(engine, past, request.as_of));
    std::vector<ModelRecord> records;
    for (const auto index : wanted_models(book, request)) {
        const auto& definition = book.definitions.models[index];
        auto record = fit_one(engine, past, hindsight, index);
        if (!record) return fail(about(definition, std::move(record).error()));
        const auto known = engine.population().models().find(definition.id);
        record->model = definition.id;
        record->type = to_word(definition.type);
        record->version = known == engine.population().models().end() ? 1 : known->second.version + 1;
        record->as_of = request.as_of;
        records.push_back(std::move(*record));
    }
    return records;
}

}  // namespace segmentd::daemon
