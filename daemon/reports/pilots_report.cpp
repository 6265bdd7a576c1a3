#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/choices.hpp"
#include "daemon/reports/reports.hpp"
#include "experiments/pilots/decision.hpp"

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

// Customers by arm, from the first place of the form to the end of the range.
json::object arm_counts(const PilotForm& form, const experiments::PilotState& state, std::size_t from,
                        std::size_t until) {
    json::object counts;
    for (std::size_t arm = from; arm < until; ++arm) counts[form.arms[arm]] = state.enrolled(0)[arm];
    return counts;
}

json::array guardrails(const rules::PilotDefinition& pilot, const std::vector<experiments::Finding>& findings) {
    json::array rows;
    for (const auto& guardrail : experiments::guardrail_verdicts(pilot, findings)) {
        rows.push_back({{"metric", guardrail.metric.text},
                        {"arm", guardrail.arm},
                        {"worse_by_at_most", guardrail.worse_by_at_most},
                        {"verdict", guardrail.verdict}});
    }
    return rows;
}

// What a reader of the findings must know before believing them.
json::array warnings(const Engine& engine, const rules::PilotDefinition& pilot, const std::optional<double>& ratio_p) {
    json::array texts;
    if (engine.pilots().form(pilot.id).weights_changed) {
        texts.emplace_back("the arms' weights were changed while customers were enrolled: their sizes say nothing");
    } else if (ratio_p && *ratio_p < 0.001) {
        texts.emplace_back("the arms' sizes do not fit their weights: find out why before believing a finding");
    }
    if (const auto records = engine.pilots().unrecalled(pilot.id); records > 0) {
        texts.emplace_back(
            fmt::format("{} records that are dated before their customer's enrolment came after it; findings by a "
                        "segment that reads "
                        "features or scores do not know them: import what came before the pilot first",
                        records));
    }
    return texts;
}

json::array decisions(const Engine& engine, const PilotId& pilot) {
    json::array rows;
    for (const auto& record : engine.pilot_decisions()) {
        const auto& decision = std::get<PilotDecisionRecord>(record.payload);
        if (decision.pilot != pilot) continue;
        rows.push_back({{"verdict", to_word(decision.verdict)},
                        {"decision", decision.decision},
                        {"arm", decision.arm},
                        {"because", decision.because},
                        {"at", to_text(record.engine_time)}});
    }
    return rows;
}

}  // namespace

json::value pilots_report(const Engine& engine) {
    const auto& book = engine.population().book();
    json::array rows;
    for (std::size_t i = 0; i < book.definitions.pilots.size(); ++i) {
        const auto& pilot = book.definitions.pilots[i];
        const auto& state = engine.pilots().states()[i];
        const auto found = engine.pilots().findings(book, i);
        const auto& form = engine.pilots().form(pilot.id);
        const auto ratio_p = form.weights_changed ? std::nullopt : experiments::sample_ratio_p(pilot, state);
        json::array findings;
        for (const auto& finding : found) findings.push_back(to_json(finding));
        rows.push_back({{"pilot", pilot.id.text},
                        {"state", pilot_phase(pilot, engine.engine_time())},
                        {"hypothesis", pilot.hypothesis},
                        {"enrolled", arm_counts(form, state, 0, pilot.arms.size())},
                        {"arms_that_left", arm_counts(form, state, pilot.arms.size(), form.arms.size())},
                        {"sample_ratio_p", ratio_p ? json::value(*ratio_p) : json::value()},
                        {"guardrails", guardrails(pilot, found)},
                        {"paused", engine.pauses().find(PauseTarget::pilot, pilot.id.text) != nullptr},
                        {"decisions", decisions(engine, pilot.id)},
                        {"warnings", warnings(engine, pilot, ratio_p)},
                        {"findings", std::move(findings)}});
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
        row["as_of"] = is_fitted ? json::value(engine.calendar().to_date_text(found->second.as_of)) : json::value();
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

}  // namespace segmentd::daemon
