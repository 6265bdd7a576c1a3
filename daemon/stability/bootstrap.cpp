#include "daemon/stability/bootstrap.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>
#include <optional>

#include "base/stable_hash.hpp"
#include "daemon/engine/memberships/memberships.hpp"
#include "daemon/modelling/segment_inputs.hpp"
#include "daemon/modelling/training_rows.hpp"
#include "daemon/planning/census.hpp"
#include "daemon/reports/segment_place.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

constexpr double one_in_e = 0.36787944117144233;
constexpr std::int64_t most_times = 12;  // more has a probability below 1e-10

// A model in force, and what it was fitted on.
struct Estimated {
    std::size_t model = 0;
    ModelRecord record;
    TrainingRows rows;
};

struct Resamples {
    std::size_t members = 0;  // with the models in force
    std::vector<double> overlaps;
    std::int64_t failed = 0;
};

std::vector<std::size_t> fitted_models(const rules::Rulebook& book, std::size_t segment);
Result<std::vector<Estimated>> read_rows(const Engine& engine, const PastRecords& past,
                                         const std::vector<std::size_t>& models);
Resamples resample(const Engine& engine, const std::vector<Estimated>& models, const BootstrapRequest& request);
json::object report_of(const Resamples& resamples);

}  // namespace

Result<json::object> bootstrap_stability(const Engine& engine, const PastRecords& past,
                                         const BootstrapRequest& request) {
    const auto& book = engine.population().book();
    TRY(segment, customer_segment(engine, request.segment));
    const auto models = fitted_models(book, segment);
    json::array names;
    std::string unfitted;
    for (const auto model : models) {
        const auto& id = book.definitions.models[model].id;
        names.push_back(json::value(id.text));
        if (!engine.population().models().contains(id)) unfitted = id.text;
    }
    json::object report{{"models", std::move(names)}, {"resamples", request.resamples}, {"seed", request.seed}};
    json::object found{{"mean_jaccard", nullptr}, {"lowest_jaccard", nullptr}, {"verdict", nullptr}};
    if (models.empty()) {
        found = {{"mean_jaccard", 1.0},
                 {"lowest_jaccard", 1.0},
                 {"verdict", "highly_stable"},
                 {"why", "its condition depends on nothing that is estimated"}};
    } else if (!unfitted.empty()) {
        found["why"] = fmt::format("the model {} was never fitted", unfitted);
    } else {
        TRY(rows, read_rows(engine, past, models));
        found = report_of(resample(engine, rows, request));
    }
    report.insert(found.begin(), found.end());
    return report;
}

std::int64_t times_in_resample(std::uint64_t seed, std::int64_t resample, const CustomerId& customer) {
    const auto hash = stable_hash(fmt::format("bootstrap {} {} {}", seed, resample, customer.text));
    double rest = static_cast<double>(hash.low >> 11) * 0x1p-53;
    double probability = one_in_e;
    std::int64_t times = 0;
    while (rest >= probability && times < most_times) {
        rest -= probability;
        probability /= static_cast<double>(++times);
    }
    return times;
}

namespace {

std::vector<std::size_t> fitted_models(const rules::Rulebook& book, std::size_t segment) {
    std::vector<std::size_t> models;
    for (const auto& id : inputs_behind(book, segment).models) {
        const auto index = *rules::index_of(book.definitions.models, id);
        if (book.definitions.models[index].type != rules::ModelType::expression) models.push_back(index);
    }
    return models;
}

Result<std::vector<Estimated>> read_rows(const Engine& engine, const PastRecords& past,
                                         const std::vector<std::size_t>& models) {
    std::vector<Estimated> estimated;
    std::map<Timestamp, Hindsight> hindsights;  // models are mostly fitted as of one instant
    for (const auto model : models) {
        const auto& record = engine.population().models().at(engine.population().book().definitions.models[model].id);
        auto known = hindsights.find(record.as_of);
        if (known == hindsights.end()) {
            TRY(hindsight, look_back(engine, past, record.as_of));
            known = hindsights.emplace(record.as_of, std::move(hindsight)).first;
        }
        TRY(rows, training_rows(engine, past, known->second, model));
        estimated.push_back({model, record, std::move(rows)});
    }
    return estimated;
}

// Whom `enter` lets in at this instant.
CustomerSet members_of(Population& population, std::size_t segment, Timestamp now) {
    CustomerSet members(population.size());
    Row row;
    for (std::size_t i = 0; i < population.size(); ++i) {
        population.fill_row(population.at(i), now, row);
        if (entered_segments(population, row)[segment]) members.add(i);
    }
    return members;
}

// Nothing where a model cannot be fitted on it.
std::optional<std::vector<ModelRecord>> refit(const rules::Rulebook& book, const std::vector<Estimated>& models,
                                              const BootstrapRequest& request, std::int64_t number) {
    std::vector<ModelRecord> refitted;
    for (const auto& model : models) {
        std::vector<std::int64_t> times;
        for (const auto& customer : model.rows.customers) {
            times.push_back(times_in_resample(request.seed, number, customer));
        }
        auto record = fit_rows(book.definitions.models[model.model], repeated(model.rows, times));
        if (!record) return std::nullopt;
        refitted.push_back(model.record);
        refitted.back().parameters = std::move(record->parameters);
    }
    return refitted;
}

Resamples resample(const Engine& engine, const std::vector<Estimated>& models, const BootstrapRequest& request) {
    Population population = engine.population();
    const auto& book = population.book();
    const auto segment = *rules::index_of(book.definitions.segments, request.segment);
    const auto in_force = members_of(population, segment, engine.engine_time());
    Resamples result;
    result.members = in_force.size();
    for (std::int64_t number = 1; number <= request.resamples && result.members > 0; ++number) {
        const auto refitted = refit(book, models, request, number);
        if (!refitted) {
            ++result.failed;
            continue;
        }
        for (const auto& model : *refitted) population.set_model(model);
        const auto members = members_of(population, segment, engine.engine_time());
        const auto both = in_force.shared_with(members);
        const auto either = result.members + members.size() - both;
        result.overlaps.push_back(static_cast<double>(both) / static_cast<double>(either));
    }
    return result;
}

const char* verdict_of(double jaccard) {
    if (jaccard >= 0.85) return "highly_stable";
    if (jaccard >= 0.75) return "valid";
    return jaccard >= 0.6 ? "a_pattern_with_unsure_borders" : "doubtful";
}

json::object report_of(const Resamples& resamples) {
    json::object report{{"failed", resamples.failed},
                        {"members", resamples.members},
                        {"mean_jaccard", nullptr},
                        {"lowest_jaccard", nullptr},
                        {"verdict", nullptr}};
    const auto& overlaps = resamples.overlaps;
    if (overlaps.empty()) {
        report["why"] = resamples.members == 0 ? "nobody would enter now" : "no resample could be fitted";
        return report;
    }
    double sum = 0;
    for (const double overlap : overlaps) sum += overlap;
    const double mean = sum / static_cast<double>(overlaps.size());
    report["mean_jaccard"] = mean;
    report["lowest_jaccard"] = *std::ranges::min_element(overlaps);
    report["verdict"] = verdict_of(mean);
    report["why"] = "its models were refitted on resampled customers";
    return report;
}

}  // namespace

}  // namespace segmentd::daemon
