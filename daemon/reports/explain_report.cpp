#include <boost/json.hpp>

#include "daemon/reports/reports.hpp"
#include "daemon/reports/segment_standing.hpp"
#include "rules/expression/value_text.hpp"
#include "rules/scoring/logistic.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

using rules::expression::Value;

namespace {

json::value to_json(const Value& value) {
    if (value.is_missing()) return nullptr;
    return json::parse(rules::expression::to_json_text(value));
}

const char* to_word(Truth truth) {
    switch (truth) {
        case Truth::yes: return "true";
        case Truth::no: return "false";
        case Truth::unknown: return "unknown";
    }
    return "unknown";
}

json::object inputs(const rules::Rulebook& book, const Row& row) {
    json::object profile, features;
    for (std::size_t i = 0; i < book.profile_names.size(); ++i) {
        profile[book.profile_names[i]] = to_json(row[book.layout.profile + i]);
    }
    for (std::size_t i = 0; i < book.features.size(); ++i) {
        features[book.definitions.features[i].id.text] = to_json(row[book.layout.features + i]);
    }
    return {{"profile", std::move(profile)}, {"features", std::move(features)}};
}

// Where a model is additive, the part each feature has in the log-odds against the mean customer.
json::value additive_reasons(const rules::Rulebook& book, std::size_t model, const ModelRecord& fitted,
                             const Row& row) {
    const auto& definition = book.definitions.models[model];
    if (definition.type != rules::ModelType::logistic) return nullptr;
    rules::LogisticModel logistic;
    std::vector<double> values;
    const auto parameter = [&](const std::string& name) {
        const auto found = fitted.parameters.find(name);
        return found == fitted.parameters.end() ? 0.0 : found->second;
    };
    logistic.intercept = parameter("intercept");
    for (std::size_t i = 0; i < definition.features.size(); ++i) {
        const auto& name = definition.features[i].id.text;
        logistic.coefficients.push_back(parameter("coefficient." + name));
        logistic.reference_means.push_back(parameter("mean." + name));
        values.push_back(as_number(row[book.models[model].feature_slots[i]]).value_or(0.0));
    }
    const auto found = rules::reasons(logistic, values);
    json::object parts;
    for (std::size_t i = 0; i < values.size(); ++i) parts[definition.features[i].id.text] = found.contributions[i];
    return json::object{{"base_log_odds", found.base_log_odds}, {"contributions", std::move(parts)}};
}

json::object scores(const Population& population, const Row& row) {
    const auto& book = population.book();
    json::object result;
    for (std::size_t i = 0; i < book.scores.size(); ++i) {
        const auto model = book.scores[i].model;
        const auto& id = book.definitions.models[model].id;
        json::object score{{"value", to_json(row[book.layout.scores + i])}, {"model", id.text}};
        const auto fitted = population.models().find(id);
        if (fitted != population.models().end()) {
            score["model_version"] = fitted->second.version;
            auto parts = score["value"].is_null() ? json::value() : additive_reasons(book, model, fitted->second, row);
            if (!parts.is_null()) score["reasons"] = std::move(parts);
        }
        result[book.score_names[i]] = std::move(score);
    }
    return result;
}

json::array lines(const rules::Programs& programs, const Row& row) {
    json::array result;
    for (const auto& program : programs) {
        result.push_back({{"condition", program.text()}, {"result", to_word(rules::expression::decide(program, row))}});
    }
    return result;
}

json::array segments(const Population& population, const Customer& customer, const Row& row) {
    const auto& book = population.book();
    json::array result;
    for (std::size_t i = 0; i < book.segments.size(); ++i) {
        const auto membership = customer.memberships[i];
        json::object segment{{"segment", book.definitions.segments[i].id.text}, {"member", membership.has_value()}};
        if (membership) {
            segment["since"] = to_text(membership->since);
            const auto& origin = population.origin_of(*membership);
            segment["cause"] = origin.cause;
            segment["values_then"] = json::parse(population.values_then(*membership));
            segment["version"] = origin.version;
            segment["segment_version"] = origin.segment_version;
            segment["unknown"] = membership->unknown;
        }
        segment["values_now"] = json::parse(inputs_of(population, i, row));
        segment["conditions"] = lines(membership ? book.segments[i].stay : book.segments[i].enter, row);
        for (auto& [name, value] : segment_standing(population, customer, i, row)) segment[name] = std::move(value);
        result.push_back(std::move(segment));
    }
    return result;
}

json::array pilots(const Engine& engine, const Customer& customer) {
    json::array result;
    for (const auto& [id, enrolment] : customer.rest->enrolments) {
        const auto* pilot = rules::find(engine.population().book().definitions.pilots, id);
        if (pilot == nullptr) continue;
        json::object row{{"pilot", id.text},
                         {"arm", engine.pilots().form(id).arms[enrolment.arm]},
                         {"enrolled_at", to_text(enrolment.at)}};
        if (Pilots::arm_of(*pilot, enrolment) == nullptr) row["arm_left"] = true;
        if (enrolment.exposed_at) row["exposed_at"] = to_text(*enrolment.exposed_at);
        result.push_back(std::move(row));
    }
    return result;
}

}  // namespace

Result<json::object> explain_report(const Engine& engine, const CustomerId& id) {
    const auto& population = engine.population();
    const auto index = population.find(id);
    if (!index) return fail(ErrorCode::not_found, "no record names the customer '" + id.text + "'");
    const auto& customer = population.at(*index);
    const Row row = engine.row_of(*index);
    json::object report{{"customer", id.text}, {"engine_time", to_text(engine.engine_time())}};
    if (customer.first_seen != never) report["first_seen"] = to_text(customer.first_seen);
    json::object consent;
    for (const auto& purpose : population.book().definitions.workspace.purposes) {
        consent[purpose.id.text] = population.allows(customer, purpose);
    }
    report["consent"] = std::move(consent);
    report["suppressed"] = customer.rest->suppressed;
    if (const auto* account = customer.rest->accounts.at(engine.engine_time())) report["account"] = *account;
    for (auto& [name, value] : inputs(population.book(), row)) report[name] = std::move(value);
    report["scores"] = scores(population, row);
    report["segments"] = segments(population, customer, row);
    report["pilots"] = pilots(engine, customer);
    return report;
}

}  // namespace segmentd::daemon
