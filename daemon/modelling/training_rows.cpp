#include "daemon/modelling/training_rows.hpp"

namespace segmentd::daemon {

using rules::ModelType;

namespace {

TrainingRows purchase_rows(const Hindsight& hindsight, std::size_t model);
Result<TrainingRows> logistic_rows(Hindsight& before, Hindsight& after, std::size_t model);
Result<ModelRecord> fit(const rules::ModelDefinition& model, const std::vector<rules::PurchaseHistory>& rows);
Result<ModelRecord> fit(const rules::ModelDefinition& model, const std::vector<rules::SpendHistory>& rows);
Result<ModelRecord> fit(const rules::ModelDefinition& model, const rules::LogisticData& data);

}  // namespace

Result<TrainingRows> training_rows(const Engine& engine, const PastRecords& past, Hindsight& hindsight,
                                   std::size_t model) {
    const auto& definition = engine.population().book().definitions.models[model];
    if (definition.type == ModelType::expression) {
        return fail(ErrorCode::invalid, "an expression has nothing to fit", "leave it out; it follows its inputs");
    }
    if (definition.type != ModelType::logistic) return purchase_rows(hindsight, model);
    const auto within = definition.target.within.value_or(Duration(0));
    TRY(before, look_back(engine, past, hindsight.at - within));
    return logistic_rows(before, hindsight, model);
}

TrainingRows repeated(const TrainingRows& training, std::span<const std::int64_t> times) {
    TrainingRows result;
    const auto repeat = [&](const auto& from, auto& to, std::size_t width) {
        for (std::size_t row = 0; row < times.size(); ++row) {
            const auto first = from.begin() + static_cast<std::ptrdiff_t>(row * width);
            for (std::int64_t i = 0; i < times[row]; ++i) {
                to.insert(to.end(), first, first + static_cast<std::ptrdiff_t>(width));
            }
        }
    };
    repeat(training.customers, result.customers, 1);
    if (const auto* data = std::get_if<rules::LogisticData>(&training.rows)) {
        rules::LogisticData drawn{data->columns, {}, {}};
        repeat(data->values, drawn.values, data->columns);
        repeat(data->outcomes, drawn.outcomes, 1);
        result.rows = std::move(drawn);
    } else if (const auto* spends = std::get_if<std::vector<rules::SpendHistory>>(&training.rows)) {
        repeat(*spends, result.rows.emplace<std::vector<rules::SpendHistory>>(), 1);
    } else {
        repeat(std::get<std::vector<rules::PurchaseHistory>>(training.rows),
               result.rows.emplace<std::vector<rules::PurchaseHistory>>(), 1);
    }
    return result;
}

Result<ModelRecord> fit_rows(const rules::ModelDefinition& model, const TrainingRows& training) {
    return std::visit([&](const auto& rows) { return fit(model, rows); }, training.rows);
}

namespace {

// The purchases of every customer who had bought by then, as the model measures them.
TrainingRows purchase_rows(const Hindsight& hindsight, std::size_t model) {
    const auto& book = hindsight.population.book();
    const auto history = *book.models[model].history;
    const auto scale = purchase_scale(book, model);
    const bool is_about_spend = book.definitions.models[model].type == ModelType::gamma_gamma;
    std::vector<rules::PurchaseHistory> purchases;
    std::vector<rules::SpendHistory> spends;
    TrainingRows result;
    for (std::size_t i = 0; i < hindsight.population.size(); ++i) {
        const auto& customer = hindsight.population.at(i);
        const auto& days = customer.histories[history];
        const auto summary = days.summarise(book.definitions.workspace.calendar.day_number(hindsight.at), scale);
        if (!summary) continue;
        const bool has_spent = summary->history.repeats > 0 && summary->mean_repeat_spend > 0;
        if (is_about_spend && !has_spent) continue;
        result.customers.push_back(customer.id);
        if (is_about_spend)
            spends.push_back({summary->history.repeats, summary->mean_repeat_spend});
        else
            purchases.push_back(summary->history);
    }
    if (is_about_spend)
        result.rows = std::move(spends);
    else
        result.rows = std::move(purchases);
    return result;
}

// Features as of `as_of - within`, the outcome as of `as_of`; customers with an unknown feature or
// outcome are left out.
Result<TrainingRows> logistic_rows(Hindsight& before, Hindsight& after, std::size_t model) {
    const auto& compiled = after.population.book().models[model];
    TrainingRows result;
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
        result.customers.push_back(customer.id);
    }
    result.rows = std::move(data);
    return result;
}

// Of a fit without its parameters.
ModelRecord record_of(const auto& fit) {
    ModelRecord record;
    record.customers = fit.customers;
    record.log_likelihood = fit.log_likelihood;
    return record;
}

Result<ModelRecord> fit(const rules::ModelDefinition&, const std::vector<rules::PurchaseHistory>& rows) {
    TRY(fit, rules::fit_bg_nbd(rows));
    auto record = record_of(fit);
    const auto& found = fit.parameters;
    record.parameters = {{"r", found.r}, {"alpha", found.alpha}, {"a", found.a}, {"b", found.b}};
    return record;
}

Result<ModelRecord> fit(const rules::ModelDefinition&, const std::vector<rules::SpendHistory>& rows) {
    TRY(fit, rules::fit_gamma_gamma(rows));
    auto record = record_of(fit);
    record.parameters = {{"p", fit.parameters.p}, {"q", fit.parameters.q}, {"gamma", fit.parameters.gamma}};
    return record;
}

Result<ModelRecord> fit(const rules::ModelDefinition& model, const rules::LogisticData& data) {
    TRY(fit, rules::fit_logistic(data, {model.ridge, rules::PenaltyScale::per_standard_deviation}));
    auto record = record_of(fit);
    record.parameters["intercept"] = fit.model.intercept;
    for (std::size_t i = 0; i < data.columns; ++i) {
        const auto& name = model.features[i].id.text;
        record.parameters["coefficient." + name] = fit.model.coefficients[i];
        record.parameters["mean." + name] = fit.model.reference_means[i];
    }
    return record;
}

}  // namespace

}  // namespace segmentd::daemon
