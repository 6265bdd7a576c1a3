#include <boost/json.hpp>

#include "daemon/reports/reports.hpp"
#include "experiments/pilots/findings.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

json::value to_json(const experiments::Interval& interval) {
    return json::array{interval.lower, interval.upper};
}

json::object to_json(const experiments::Finding& finding) {
    json::object row;
    row["metric"] = finding.metric.text;
    row["timing"] = to_word(finding.timing);
    row["segment"] = finding.segment.empty() ? json::value("all") : json::value(finding.segment.text);
    row["arm"] = finding.arm;
    row["control"] = finding.control;
    row["n"] = finding.treated.units;
    row["n_control"] = finding.untreated.units;
    row["mean"] = finding.treated.mean;
    row["mean_control"] = finding.untreated.mean;
    row["difference"] = finding.difference;
    row["interval"] = finding.fixed ? to_json(finding.fixed->interval) : json::value();
    row["always_valid_interval"] = finding.always_valid ? to_json(finding.always_valid->interval) : json::value();
    row["relative_lift"] = finding.relative_lift ? json::value(finding.relative_lift->estimate) : json::value();
    const bool has_lift_interval = finding.relative_lift && finding.relative_lift->interval;
    row["relative_lift_interval"] = has_lift_interval ? to_json(*finding.relative_lift->interval) : json::value();
    row["p_value"] = finding.fixed ? json::value(finding.fixed->p) : json::value();
    row["always_valid_p"] = finding.always_valid ? json::value(finding.always_valid->p) : json::value();
    return row;
}

json::object arm_counts(const rules::PilotDefinition& pilot, const experiments::PilotState& state) {
    json::object counts;
    for (std::size_t arm = 0; arm < pilot.arms.size(); ++arm) counts[pilot.arms[arm].name] = state.enrolled(0)[arm];
    return counts;
}

}  // namespace

json::value pilots_report(const Engine& engine) {
    const auto& book = engine.population().book();
    json::array rows;
    for (std::size_t i = 0; i < book.definitions.pilots.size(); ++i) {
        const auto& pilot = book.definitions.pilots[i];
        const auto& state = engine.pilots().states()[i];
        std::vector<experiments::MetricScale> scales;
        for (const auto& metric : experiments::metrics_of(pilot)) {
            const auto index = *rules::index_of(book.definitions.metrics, metric);
            const auto& definition = book.definitions.metrics[index];
            scales.push_back({&definition, experiments::units_in_one(definition, book.metrics[index].money_digits)});
        }
        json::array findings;
        for (const auto& finding : experiments::findings_of(pilot, state, scales)) findings.push_back(to_json(finding));
        rows.push_back({{"pilot", pilot.id.text},
                        {"state", pilot_phase(pilot, engine.engine_time())},
                        {"hypothesis", pilot.hypothesis},
                        {"enrolled", arm_counts(pilot, state)},
                        {"sample_ratio_p", experiments::sample_ratio_p(pilot, state)},
                        {"findings", std::move(findings)}});
    }
    return rows;
}

json::value reviews_report(const Engine& engine) {
    json::array rows;
    for (const auto& review : engine.reviews().all()) {
        json::object row{{"review", review.number},
                         {"kind", to_word(review.kind)},
                         {"segment", review.segment.text},
                         {"steward", review.steward.text},
                         {"opened_at", to_text(review.opened_at)},
                         {"deadline", to_text(review.deadline)},
                         {"state", engine.engine_time() >= review.deadline ? "overdue" : "open"}};
        if (review.kind == ReviewKind::drift) {
            row["reference"] = review.alarm.reference;
            row["estimate"] = review.alarm.estimate;
            row["interval"] = json::array{review.alarm.lower, review.alarm.upper};
            row["observations"] = review.alarm.observations;
        } else {
            row["validation"] = validation_report(review.validation);
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

json::value models_report(const Engine& engine) {
    json::array rows;
    const auto& fitted = engine.population().models();
    for (const auto& definition : engine.population().book().definitions.models) {
        json::object row;
        const auto found = fitted.find(definition.id);
        const bool is_fitted = found != fitted.end();
        row["model"] = definition.id.text;
        row["type"] = to_word(definition.type);
        row["version"] = is_fitted ? found->second.version : 0;
        row["as_of"] = is_fitted ? json::value(to_date_text(found->second.as_of)) : json::value();
        row["customers"] = is_fitted ? found->second.customers : 0;
        row["log_likelihood"] = is_fitted ? json::value(found->second.log_likelihood) : json::value();
        json::object parameters;
        if (is_fitted) {
            for (const auto& [name, value] : found->second.parameters) parameters[name] = value;
        }
        row["parameters"] = std::move(parameters);
        if (definition.type == rules::ModelType::gamma_gamma) {
            row["spend_decimals"] =
                definition.spend_decimals ? json::value(*definition.spend_decimals) : json::value("exact");
        }
        if (definition.type == rules::ModelType::bg_nbd) {
            row["time_unit_days"] = static_cast<double>(definition.unit.count()) / 86'400'000'000.0;
            row["time_decimals"] =
                definition.time_decimals ? json::value(*definition.time_decimals) : json::value("exact");
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

json::value touches_report(const Engine& engine, const CustomerId& customer) {
    json::array rows;
    for (const auto& touch : engine.touches().all()) {
        if (!customer.empty() && touch.customer != customer) continue;
        json::object row{{"id", touch.id},
                         {"customer", touch.customer.text},
                         {"touch", touch.touch.text},
                         {"playbook", touch.playbook.text},
                         {"segment", touch.segment.text},
                         {"endpoint", touch.endpoint.text},
                         {"channel", touch.channel},
                         {"at", to_text(touch.at)},
                         {"decision", to_word(touch.fate)},
                         {"reason", touch.reason}};
        if (!touch.arm.empty()) row["pilot"] = json::object{{"pilot", touch.pilot.text}, {"arm", touch.arm}};
        if (const auto* delivery = engine.touches().delivery(touch.id)) {
            row["delivery"] = json::object{{"outcome", to_word(delivery->outcome)},
                                           {"attempts", delivery->attempts},
                                           {"status", delivery->status},
                                           {"at", to_text(delivery->at)}};
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace segmentd::daemon
