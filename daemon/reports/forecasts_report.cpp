#include <boost/json.hpp>

#include "daemon/reports/reports.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

// The days a score looks ahead.
std::int64_t horizon_days(const rules::ScoreDefinition& score) {
    return score.horizon ? std::chrono::floor<Days>(*score.horizon).count() : 0;
}

json::object forecast(const Engine& engine, Hindsight& then, std::size_t score_index,
                      const rules::ScoreDefinition& score) {
    const auto& book = then.population.book();
    const auto model = book.scores[score_index].model;
    const auto history = *book.models[model].history;
    const auto& calendar = engine.calendar();
    const auto first = calendar.day_number(then.at);
    const auto last = first + horizon_days(score);
    double expected = 0;
    std::int64_t happened = 0;
    Row row;
    for (std::size_t i = 0; i < then.population.size(); ++i) {
        auto& customer = then.population.at(i);
        then.population.fill_row(customer, then.at, row);
        const auto value = as_number(row[book.layout.scores + score_index]);
        if (!value) continue;
        expected += *value;
        const auto now = engine.population().find(customer.id);
        if (now) happened += engine.population().at(*now).histories[history].count_between(first, last);
    }
    return {{"model", book.definitions.models[model].id.text},
            {"score", score.name},
            {"from", to_date_text(start_of_day(first + 1))},
            {"until", to_date_text(start_of_day(last))},
            {"expected", expected},
            {"happened", happened},
            {"is_over", calendar.day_number(engine.engine_time()) >= last}};
}

}  // namespace

Result<json::value> forecasts_report(const Engine& engine, const PastRecords& past) {
    const auto& book = engine.population().book();
    json::array rows;
    std::size_t score_index = 0;
    for (const auto& model : book.definitions.models) {
        const auto fitted = engine.population().models().find(model.id);
        const bool forecasts = model.type == rules::ModelType::bg_nbd && fitted != engine.population().models().end();
        for (const auto& score : model.scores) {
            const auto index = score_index++;
            if (!forecasts || score.output != rules::ScoreOutput::expected_purchases) continue;
            TRY(then, look_back(engine, past, fitted->second.as_of));
            rows.push_back(forecast(engine, then, index, score));
        }
    }
    return json::value(std::move(rows));
}

Result<json::value> models_with_forecasts(const Engine& engine, const PastRecords& past) {
    auto models = models_report(engine);
    TRY(forecasts, forecasts_report(engine, past));
    for (auto& model : models.get_array()) {
        json::array own;
        for (const auto& forecast : forecasts.get_array()) {
            if (forecast.get_object().at("model") == model.get_object().at("model")) own.push_back(forecast);
        }
        if (!own.empty()) model.get_object()["forecasts"] = std::move(own);
    }
    return models;
}

}  // namespace segmentd::daemon
