// What was in force at the end of a quarter.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json.hpp>

#include "daemon/audit/papers.hpp"
#include "daemon/reports/reports.hpp"
#include "rules/definitions/words.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

using rules::word_of;

Table segments_table(const rules::Definitions& definitions);
Table models_table(const Engine& engine, const rules::Definitions& definitions);
Table playbooks_table(const rules::Definitions& definitions);
Table pilots_table(const Engine& engine, const rules::Definitions& definitions);
Table endpoints_table(const Engine& engine, const rules::Definitions& definitions);
Table metrics_table(const rules::Definitions& definitions);
Table people_table(const rules::Definitions& definitions);
Table objectives_table(const rules::Definitions& definitions);

// Several texts in one cell, one a line.
std::string lines_of(const std::vector<std::string>& texts);
std::string lines_of(const rules::Condition& condition);
std::string instant_or_nothing(const std::optional<Timestamp>& instant);
std::string number_or_nothing(const std::optional<double>& number);
std::string place_of(const SourcePlace& place);

}  // namespace

std::vector<Paper> population_papers(const QuarterFold& fold) {
    static const rules::Definitions none;
    const auto& engine = fold.engine();
    const auto& definitions = engine.has_workspace() ? engine.population().book().definitions : none;
    return {
        {"segments.csv", "Segments in force at the end, with their conditions and stewards.",
         segments_table(definitions)},
        {"models.csv", "Models in force at the end, with the version and parameters of the last fit.",
         models_table(engine, definitions)},
        {"playbooks.csv", "Playbooks in force at the end, with their touches.", playbooks_table(definitions)},
        {"pilots.csv", "Pilots in force at the end: hypothesis, design, dates, who decides, customers by arm.",
         pilots_table(engine, definitions)},
        {"endpoints.csv", "Systems that may receive, live or in shadow, and whether they were paused.",
         endpoints_table(engine, definitions)},
        {"metrics.csv", "Metrics in force at the end.", metrics_table(definitions)},
        {"people.csv", "People and their roles at the end.", people_table(definitions)},
        {"objectives.csv", "Objectives in force at the end, and who signed them.", objectives_table(definitions)},
    };
}

namespace {

Table segments_table(const rules::Definitions& definitions) {
    Table table{
        {"segment", "title", "objective", "steward", "playbook", "enter", "stay", "leave_at_once", "minimum_stay",
         "missing", "success_metrics", "review_every", "rationale", "place", "segment_version", "family", "review_on"},
        {}};
    for (const auto& segment : definitions.segments) {
        std::vector<std::string> metrics;
        for (const auto& metric : segment.success_metrics) {
            auto text = metric.metric.id.text;
            if (metric.at_least) text += fmt::format(" at least {}", *metric.at_least);
            if (metric.at_most) text += fmt::format(" at most {}", *metric.at_most);
            metrics.push_back(std::move(text));
        }
        table.rows.push_back({segment.id.text, segment.title, segment.objective, segment.steward.text,
                              segment.playbook.id.text, lines_of(segment.enter), lines_of(segment.stay),
                              lines_of(segment.leave_at_once), to_text(segment.minimum_stay), word_of(segment.missing),
                              lines_of(metrics), segment.review_every ? to_text(*segment.review_every) : "",
                              segment.rationale, place_of(segment.place), segment.version, segment.family.text,
                              segment.review_on ? to_text(*segment.review_on) : ""});
    }
    return table;
}

Table models_table(const Engine& engine, const rules::Definitions& definitions) {
    Table table{{"model", "title", "type", "owner", "version", "as_of", "customers", "log_likelihood", "parameters",
                 "scores", "thresholds", "place"},
                {}};
    const auto& fitted = engine.population().models();
    for (const auto& model : definitions.models) {
        std::vector<std::string> row{model.id.text, model.title, to_word(model.type), model.owner};
        if (const auto found = fitted.find(model.id); found != fitted.end()) {
            const auto& fit = found->second;
            row.insert(row.end(), {fmt::format("{}", fit.version), to_text(fit.as_of), fmt::format("{}", fit.customers),
                                   cell_of(fit.log_likelihood), cell_of(json::value_from(fit.parameters))});
        } else {
            row.insert(row.end(), {"0", "", "0", "", ""});
        }
        std::vector<std::string> scores;
        for (const auto& score : model.scores) scores.push_back(score.name);
        row.insert(row.end(), {lines_of(scores), cell_of(json::value_from(model.thresholds)), place_of(model.place)});
        table.rows.push_back(std::move(row));
    }
    return table;
}

Table playbooks_table(const rules::Definitions& definitions) {
    Table table{{"playbook", "title", "owner", "existing_members", "value_proposition", "messaging", "channels",
                 "pricing", "decision_criteria", "touches", "place"},
                {}};
    for (const auto& playbook : definitions.playbooks) {
        std::vector<std::string> touches;
        for (const auto& touch : playbook.touches) {
            touches.push_back(fmt::format("{} when {} by {} to {} for {}", touch.id.text, to_word(touch.when),
                                          touch.channel, touch.endpoint.id.text, touch.purpose.id.text));
        }
        table.rows.push_back({playbook.id.text, playbook.title, playbook.owner, word_of(playbook.existing_members),
                              playbook.value_proposition, playbook.messaging, lines_of(playbook.channels),
                              playbook.pricing, lines_of(playbook.decision_criteria), lines_of(touches),
                              place_of(playbook.place)});
    }
    return table;
}

std::string arms_of(const rules::PilotDefinition& pilot, const experiments::PilotState& state) {
    std::vector<std::string> arms;
    for (std::size_t i = 0; i < pilot.arms.size(); ++i) {
        const auto& arm = pilot.arms[i];
        arms.push_back(fmt::format(
            "{}{}: weight {}, playbook {}, {} customers", arm.name, arm.control ? " (control)" : "", arm.weight,
            arm.playbook.empty() ? "of the segment" : arm.playbook.id.text, state.enrolled(0)[i]));
    }
    return lines_of(arms);
}

std::string names_of(const std::vector<rules::Reference<MetricId>>& metrics) {
    std::vector<std::string> names;
    for (const auto& metric : metrics) names.push_back(metric.id.text);
    return lines_of(names);
}

Table pilots_table(const Engine& engine, const rules::Definitions& definitions) {
    Table table{{"pilot",         "title",      "state",         "hypothesis",      "segment",
                 "arms",          "assignment", "layer",         "enrol_from",      "enrol_until",
                 "observe_until", "primary",    "leading",       "lagging",         "guardrails",
                 "method",        "alpha",      "power",         "smallest_effect", "leading_by",
                 "leading_owner", "lagging_by", "lagging_owner", "paused",          "place"},
                {}};
    for (std::size_t i = 0; i < definitions.pilots.size(); ++i) {
        const auto& pilot = definitions.pilots[i];
        std::vector<std::string> guardrails;
        for (const auto& guardrail : pilot.guardrails) {
            guardrails.push_back(
                fmt::format("{} worse by at most {}", guardrail.metric.id.text, guardrail.worse_by_at_most));
        }
        table.rows.push_back({pilot.id.text,
                              pilot.title,
                              pilot_phase(pilot, engine.engine_time()),
                              pilot.hypothesis,
                              pilot.segment.id.text,
                              arms_of(pilot, engine.pilots().states()[i]),
                              word_of(pilot.assignment),
                              pilot.layer,
                              pilot.enrol_from == beginning_of_time ? "" : to_text(pilot.enrol_from),
                              pilot.enrol_until == never ? "" : to_text(pilot.enrol_until),
                              instant_or_nothing(pilot.observe_until),
                              pilot.primary.id.text,
                              names_of(pilot.leading),
                              names_of(pilot.lagging),
                              lines_of(guardrails),
                              pilot.design.method,
                              cell_of(pilot.design.alpha),
                              cell_of(pilot.design.power),
                              number_or_nothing(pilot.design.smallest_effect),
                              instant_or_nothing(pilot.decide_leading.by),
                              pilot.decide_leading.owner.text,
                              instant_or_nothing(pilot.decide_lagging.by),
                              pilot.decide_lagging.owner.text,
                              engine.pauses().find(PauseTarget::pilot, pilot.id.text) != nullptr ? "true" : "false",
                              place_of(pilot.place)});
    }
    return table;
}

Table endpoints_table(const Engine& engine, const rules::Definitions& definitions) {
    Table table{{"endpoint", "title", "owner", "mode", "events", "paused", "place"}, {}};
    for (const auto& endpoint : definitions.endpoints) {
        const bool is_paused = engine.pauses().find(PauseTarget::endpoint, endpoint.id.text) != nullptr;
        table.rows.push_back({endpoint.id.text, endpoint.title, endpoint.owner, to_word(endpoint.mode),
                              lines_of(event_words(endpoint)), is_paused ? "true" : "false", place_of(endpoint.place)});
    }
    return table;
}

Table metrics_table(const rules::Definitions& definitions) {
    Table table{
        {"metric", "title", "owner", "signal", "compute", "value", "where", "window", "timing", "direction", "place"},
        {}};
    for (const auto& metric : definitions.metrics) {
        table.rows.push_back({metric.id.text, metric.title, metric.owner, metric.signal.id.text,
                              word_of(metric.compute), metric.value.text, lines_of(metric.where),
                              to_text(metric.window), to_word(metric.timing), word_of(metric.direction),
                              place_of(metric.place)});
    }
    return table;
}

Table people_table(const rules::Definitions& definitions) {
    Table table{{"person", "name", "roles", "left"}, {}};
    for (const auto& person : definitions.workspace.people) {
        table.rows.push_back({person.id.text, person.name, lines_of(person.roles), instant_or_nothing(person.left)});
    }
    return table;
}

Table objectives_table(const rules::Definitions& definitions) {
    Table table{{"objective", "title", "metric", "target", "signed_by"}, {}};
    for (const auto& objective : definitions.workspace.objectives) {
        table.rows.push_back({objective.name, objective.title, objective.metric.id.text,
                              number_or_nothing(objective.target), objective.signed_by});
    }
    return table;
}

std::string lines_of(const std::vector<std::string>& texts) {
    return fmt::format("{}", fmt::join(texts, "\n"));
}

std::string lines_of(const rules::Condition& condition) {
    std::vector<std::string> texts;
    for (const auto& line : condition) texts.push_back(line.text);
    return lines_of(texts);
}

std::string instant_or_nothing(const std::optional<Timestamp>& instant) {
    return instant ? to_text(*instant) : std::string();
}

std::string number_or_nothing(const std::optional<double>& number) {
    return number ? cell_of(*number) : std::string();
}

std::string place_of(const SourcePlace& place) {
    return fmt::format("{}:{}", place.file, place.line);
}

}  // namespace
}  // namespace segmentd::daemon
