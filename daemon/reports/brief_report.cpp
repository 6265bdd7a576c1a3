#include "daemon/reports/brief_report.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>
#include <tuple>

#include "daemon/reports/reports.hpp"
#include "daemon/reports/segment_place.hpp"
#include "rules/definitions/words.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

constexpr std::int64_t tracked_weeks = 26;

using rules::PilotDefinition;
using rules::SegmentDefinition;

json::object why(const rules::Definitions& definitions, const SegmentDefinition& segment);
json::array notes(const std::vector<rules::Evidence>& evidence);
json::object conditions(const SegmentDefinition& segment);
json::array playbooks(const Engine& engine, const SegmentDefinition& segment);
json::object playbook_row(const Engine& engine, const rules::PlaybookDefinition& playbook, json::array used_by);
json::object touch_row(const rules::TouchDefinition& touch);
json::array success(const rules::Definitions& definitions, const SegmentDefinition& segment);
bool concerns(const PilotDefinition& pilot, const SegmentId& segment);
json::array pilots(const Engine& engine, const SegmentId& segment);
json::array learnings(const Engine& engine, const SegmentId& segment);
json::array open_reviews(const Engine& engine, const SegmentId& segment);
json::object governance(const Engine& engine, const SegmentDefinition& segment);
json::value person(const Engine& engine, const PersonId& id);
json::value newest_validation(const Engine& engine, const SegmentId& segment);
json::array texts(const std::vector<std::string>& list);

}  // namespace

Result<json::object> brief_report(const Engine& engine, const SegmentId& id) {
    const auto& definitions = engine.population().book().definitions;
    TRY(index, customer_segment(engine, id));
    const auto& segment = definitions.segments[index];
    auto figures = segment_figures(engine, index);
    figures["currency"] = definitions.workspace.currency;
    return json::object{{"segment", id.text},
                        {"title", segment.title},
                        {"company", definitions.workspace.company},
                        {"definitions", definitions.version},
                        {"as_of", to_text(engine.engine_time())},
                        {"why", why(definitions, segment)},
                        {"values", texts(segment.values)},
                        {"jobs_to_be_done", texts(segment.jobs_to_be_done)},
                        {"pain_points", texts(segment.pain_points)},
                        {"conditions", conditions(segment)},
                        {"figures", std::move(figures)},
                        {"playbooks", playbooks(engine, segment)},
                        {"decisions_since", nullptr},
                        {"success", success(definitions, segment)},
                        {"validation", newest_validation(engine, id)},
                        {"pilots", pilots(engine, id)},
                        {"learnings", learnings(engine, id)},
                        {"reviews", open_reviews(engine, id)},
                        {"governance", governance(engine, segment)}};
}

void add_decisions(json::object& brief, const std::vector<LedgerEntry>& lines, bool are_all) {
    std::map<std::tuple<std::string, std::string, std::string>, std::int64_t> counts;
    const auto touches = touches_report(lines);
    for (const auto& line : touches.as_array()) {
        const auto& touch = line.get_object();
        if (touch.at("segment") != brief.at("segment") || touch.contains("test")) continue;
        const auto word = [&](const char* name) { return std::string(touch.at(name).as_string()); };
        ++counts[{word("playbook"), word("touch"), word("decision")}];
    }
    for (auto& playbook : brief.at("playbooks").as_array()) {
        const std::string name(playbook.at("playbook").as_string());
        for (auto& touch : playbook.at("touches").as_array()) {
            json::object decisions;
            for (const char* decision :
                 {to_word(TouchFate::send), to_word(TouchFate::shadow), to_word(TouchFate::refused)})
                decisions[decision] = counts[{name, std::string(touch.at("touch").as_string()), decision}];
            touch.as_object()["decisions"] = std::move(decisions);
        }
    }
    if (!are_all && !lines.empty()) brief["decisions_since"] = to_text(lines.front().at);
}

void add_success(json::object& brief, const json::value& track) {
    for (auto& target : brief.at("success").as_array()) {
        for (const auto& week : track.as_array()) {
            const bool is_in = week.at("state") == "met" || week.at("state") == "not_met";
            if (!is_in || week.at("metric") != target.at("metric")) continue;
            target.as_object()["last_week"] = json::object{{"week", week.at("week")},
                                                           {"members", week.at("members")},
                                                           {"value", week.at("value")},
                                                           {"state", week.at("state")}};
        }
    }
}

Result<json::object> whole_brief(const Engine& engine, const SegmentId& segment, const PastRecords& past,
                                 const std::vector<LedgerEntry>& lines) {
    TRY(brief, brief_report(engine, segment));
    add_decisions(brief, lines, true);
    TRY(track, track_report(engine, past, {segment, engine.engine_time(), tracked_weeks}));
    add_success(brief, track);
    return std::move(brief);
}

namespace {

json::object why(const rules::Definitions& definitions, const SegmentDefinition& segment) {
    json::object row{
        {"rationale", segment.rationale}, {"evidence", notes(segment.evidence)}, {"objective", segment.objective}};
    for (const auto& objective : definitions.workspace.objectives) {
        if (objective.name != segment.objective) continue;
        row["objective_title"] = objective.title;
        row["objective_metric"] = objective.metric.id.text;
        const auto* metric = rules::find(definitions.metrics, objective.metric.id);
        row["objective_compute"] = metric != nullptr ? rules::word_of(metric->compute) : "";
        row["objective_target"] = objective.target ? json::value(*objective.target) : json::value();
        row["objective_signed_by"] = objective.signed_by;
    }
    return row;
}

json::array notes(const std::vector<rules::Evidence>& evidence) {
    json::array rows;
    for (const auto& one : evidence) {
        rows.push_back({{"note", one.note},
                        {"kind", one.kind ? json::value(rules::word_of(*one.kind)) : json::value()},
                        {"date", one.date ? json::value(to_date_text(*one.date)) : json::value()},
                        {"source", one.source}});
    }
    return rows;
}

json::object conditions(const SegmentDefinition& segment) {
    const auto lines = [](const rules::Condition& condition) {
        json::array list;
        for (const auto& line : condition) list.emplace_back(line.text);
        return list;
    };
    json::array higher;
    for (const auto& other : segment.comes_before) higher.emplace_back(other.text);
    return {{"enter", lines(segment.enter)},
            {"stay", lines(segment.stay)},
            {"leave_at_once", lines(segment.leave_at_once)},
            {"minimum_stay", segment.minimum_stay.count() > 0 ? json::value(to_text(segment.minimum_stay)) : nullptr},
            {"family", segment.family.text},
            {"comes_before", std::move(higher)}};
}

// In the order in which people look for them: the segment's own, then those that pilots try.
json::array playbooks(const Engine& engine, const SegmentDefinition& segment) {
    const auto& definitions = engine.population().book().definitions;
    std::vector<std::pair<PlaybookId, json::array>> used;
    const auto add = [&](const PlaybookId& playbook, const std::string& by) {
        auto found = std::ranges::find(used, playbook, [](const auto& one) { return one.first; });
        if (found == used.end()) found = used.insert(used.end(), {playbook, {}});
        found->second.emplace_back(by);
    };
    if (!segment.playbook.empty()) add(segment.playbook.id, "every member");
    for (const auto& pilot : definitions.pilots) {
        if (pilot.segment.id != segment.id) continue;
        for (const auto& arm : pilot.arms) {
            if (!arm.playbook.empty()) add(arm.playbook.id, "arm " + arm.name + " of the pilot " + pilot.id.text);
        }
    }
    json::array rows;
    for (auto& [id, used_by] : used) {
        const auto* playbook = rules::find(definitions.playbooks, id);
        if (playbook != nullptr) rows.push_back(playbook_row(engine, *playbook, std::move(used_by)));
    }
    return rows;
}

json::object playbook_row(const Engine& engine, const rules::PlaybookDefinition& playbook, json::array used_by) {
    json::array dialogues;
    for (const auto& dialogue : playbook.dialogues)
        dialogues.push_back({{"customer", dialogue.customer}, {"us", dialogue.us}});
    json::array touches;
    for (const auto& touch : playbook.touches) touches.push_back(touch_row(touch));
    const auto* pause = engine.pauses().find(PauseTarget::playbook, playbook.id.text);
    json::value paused;
    if (pause != nullptr) paused = {{"since", to_text(pause->since)}, {"by", pause->by}, {"reason", pause->reason}};
    return {{"playbook", playbook.id.text},
            {"title", playbook.title},
            {"owner", playbook.owner},
            {"used_by", std::move(used_by)},
            {"paused", std::move(paused)},
            {"value_proposition", playbook.value_proposition},
            {"messaging", playbook.messaging},
            {"say", texts(playbook.say)},
            {"avoid", texts(playbook.avoid)},
            {"dialogues", std::move(dialogues)},
            {"pricing", playbook.pricing},
            {"features", texts(playbook.features)},
            {"decision_criteria", texts(playbook.decision_criteria)},
            {"buying_committee", texts(playbook.buying_committee)},
            {"channels", texts(playbook.channels)},
            {"touches", std::move(touches)},
            {"when_results_diverge", playbook.when_results_diverge}};
}

json::object touch_row(const rules::TouchDefinition& touch) {
    return {{"touch", touch.id.text},
            {"title", touch.title},
            {"when", to_word(touch.when)},
            {"team", touch.team},
            {"channel", touch.channel},
            {"purpose", touch.purpose.id.text},
            {"endpoint", touch.endpoint.id.text},
            {"message", touch.message},
            {"cost", touch.cost ? json::value(to_text(*touch.cost)) : json::value()},
            {"decisions", nullptr}};
}

json::array success(const rules::Definitions& definitions, const SegmentDefinition& segment) {
    const auto number = [](const std::optional<double>& limit) { return limit ? json::value(*limit) : json::value(); };
    json::array rows;
    for (const auto& target : rules::success_metrics_of(definitions, segment)) {
        const auto* metric = rules::find(definitions.metrics, target.metric.id);
        rows.push_back({{"metric", target.metric.id.text},
                        {"title", metric != nullptr ? metric->title : ""},
                        {"compute", metric != nullptr ? rules::word_of(metric->compute) : ""},
                        {"at_least", number(target.at_least)},
                        {"at_most", number(target.at_most)},
                        {"last_week", nullptr}});
    }
    return rows;
}

bool concerns(const PilotDefinition& pilot, const SegmentId& segment) {
    return pilot.segment.id == segment ||
           std::ranges::any_of(pilot.report_by, [&](const auto& reported) { return reported.id == segment; });
}

json::array pilots(const Engine& engine, const SegmentId& segment) {
    const auto& definitions = engine.population().book().definitions;
    auto all = pilots_report(engine);
    json::array rows;
    for (auto& row : all.as_array()) {
        const auto* pilot = rules::find(definitions.pilots, PilotId(row.at("pilot").as_string().c_str()));
        if (!concerns(*pilot, segment)) continue;
        const std::string group = pilot->segment.id == segment ? "all" : segment.text;
        json::array findings;
        for (auto& finding : row.at("findings").as_array()) {
            if (finding.at("segment").as_string() == group) findings.push_back(finding);
        }
        row.as_object()["title"] = pilot->title;
        row.as_object()["findings"] = std::move(findings);
        rows.push_back(std::move(row));
    }
    return rows;
}

json::array learnings(const Engine& engine, const SegmentId& segment) {
    std::set<std::pair<std::string, std::string>> names = {{to_word(LearningSubject::segment), segment.text}};
    for (const auto& pilot : engine.population().book().definitions.pilots) {
        if (concerns(pilot, segment)) names.emplace(to_word(LearningSubject::pilot), pilot.id.text);
    }
    auto all = *learnings_report(engine, "");
    json::array rows;
    for (auto& row : all.as_array()) {
        if (names.contains({row.at("subject").as_string().c_str(), row.at("name").as_string().c_str()}))
            rows.push_back(std::move(row));
    }
    return rows;
}

json::array open_reviews(const Engine& engine, const SegmentId& segment) {
    auto all = reviews_report(engine);
    json::array rows;
    for (auto& row : all.as_array()) {
        if (row.at("segment").as_string() == segment.text && row.at("state") != to_word(ReviewState::decided))
            rows.push_back(std::move(row));
    }
    return rows;
}

json::object governance(const Engine& engine, const SegmentDefinition& segment) {
    const auto look = engine.reviews().next_look(segment);
    return {{"steward", person(engine, segment.steward)},
            {"review_every", segment.review_every ? json::value(to_text(*segment.review_every)) : json::value()},
            {"next_review", look ? json::value(engine.calendar().to_date_text(*look)) : json::value()},
            {"is_due", look && *look <= engine.engine_time()}};
}

json::value person(const Engine& engine, const PersonId& id) {
    const auto* found = rules::find(engine.population().book().definitions.workspace.people, id);
    const bool has_left = found != nullptr && found->left && *found->left <= engine.engine_time();
    return {{"id", id.text}, {"name", found != nullptr ? found->name : id.text}, {"has_left", has_left}};
}

json::value newest_validation(const Engine& engine, const SegmentId& segment) {
    auto all = validations_report(engine, segment);
    return all && !all->as_array().empty() ? std::move(all->as_array().back()) : json::value();
}

json::array texts(const std::vector<std::string>& list) {
    return json::array(list.begin(), list.end());
}

}  // namespace
}  // namespace segmentd::daemon
