#include "daemon/modelling/fit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/reports/hindsight.hpp"
#include "rules/scoring/logistic.hpp"

namespace segmentd::daemon {

using rules::ModelType;

namespace {

Error about(const rules::ModelDefinition& model, Error error) {
    error.message = fmt::format("model {}: {}", model.id.text, error.message);
    return error;
}

// The purchases of every customer who had bought by then, as the model measures them.
std::vector<rules::PurchaseSummary> summaries(const Hindsight& hindsight, std::size_t model) {
    const auto& book = hindsight.population.book();
    const auto history = *book.models[model].history;
    const auto scale = purchase_scale(book, model);
    std::vector<rules::PurchaseSummary> result;
    for (std::size_t i = 0; i < hindsight.population.size(); ++i) {
        const auto& days = hindsight.population.at(i).histories[history];
        const auto summary = days.summarise(book.definitions.workspace.calendar.day_number(hindsight.at), scale);
        if (summary) result.push_back(*summary);
    }
    return result;
}

Result<ModelRecord> fit_bg_nbd(const Hindsight& hindsight, std::size_t model) {
    std::vector<rules::PurchaseHistory> rows;
    for (const auto& summary : summaries(hindsight, model)) rows.push_back(summary.history);
    TRY(fit, rules::fit_bg_nbd(rows));
    ModelRecord record;
    record.customers = fit.customers;
    record.log_likelihood = fit.log_likelihood;
    const auto& found = fit.parameters;
    record.parameters = {{"r", found.r}, {"alpha", found.alpha}, {"a", found.a}, {"b", found.b}};
    return record;
}

Result<ModelRecord> fit_gamma_gamma(const Hindsight& hindsight, std::size_t model) {
    std::vector<rules::SpendHistory> rows;
    for (const auto& summary : summaries(hindsight, model)) {
        const bool counts = summary.history.repeats > 0 && summary.mean_repeat_spend > 0;
        if (counts) rows.push_back({summary.history.repeats, summary.mean_repeat_spend});
    }
    TRY(fit, rules::fit_gamma_gamma(rows));
    ModelRecord record;
    record.customers = fit.customers;
    record.log_likelihood = fit.log_likelihood;
    record.parameters = {{"p", fit.parameters.p}, {"q", fit.parameters.q}, {"gamma", fit.parameters.gamma}};
    return record;
}

// Features as of `as_of - within`, the outcome as of `as_of`; customers with an unknown feature or
// outcome are left out.
Result<ModelRecord> fit_logistic(Hindsight& before, Hindsight& after, std::size_t model) {
    const auto& book = after.population.book();
    const auto& definition = book.definitions.models[model];
    const auto& compiled = book.models[model];
    rules::LogisticData data;
    data.columns = compiled.feature_slots.size();
    Row row;
    for (std::size_t i = 0; i < before.population.size(); ++i) {
        auto& customer = before.population.at(i);
        const auto later = after.population.find(customer.id);
        if (!later) continue;
        before.population.fill_row(customer, before.at, row);
        std::vector<double> values;
        for (const auto slot : compiled.feature_slots) {
            if (const auto value = as_number(row[slot])) values.push_back(*value);
        }
        after.population.fill_row(after.population.at(*later), after.at, row);
        const Truth outcome = all_hold(compiled.target, row);
        if (values.size() < data.columns || outcome == Truth::unknown) continue;
        data.values.insert(data.values.end(), values.begin(), values.end());
        data.outcomes.push_back(outcome == Truth::yes);
    }
    TRY(fit, rules::fit_logistic(data, {definition.ridge, rules::PenaltyScale::per_standard_deviation}));
    ModelRecord record;
    record.customers = fit.customers;
    record.log_likelihood = fit.log_likelihood;
    record.parameters["intercept"] = fit.model.intercept;
    for (std::size_t i = 0; i < data.columns; ++i) {
        const auto& name = definition.features[i].id.text;
        record.parameters["coefficient." + name] = fit.model.coefficients[i];
        record.parameters["mean." + name] = fit.model.reference_means[i];
    }
    return record;
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
    const auto& definition = engine.population().book().definitions.models[index];
    if (definition.type == ModelType::bg_nbd) return fit_bg_nbd(hindsight, index);
    if (definition.type == ModelType::gamma_gamma) return fit_gamma_gamma(hindsight, index);
    if (definition.type == ModelType::expression) {
        return fail(ErrorCode::invalid, "an expression has nothing to fit", "leave it out; it follows its inputs");
    }
    const auto within = definition.target.within.value_or(Duration(0));
    TRY(before, look_back(engine, past, hindsight.at - within));
    return fit_logistic(before, hindsight, index);
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
