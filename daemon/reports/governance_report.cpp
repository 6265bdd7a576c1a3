// Reviews, pauses and learnings.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "daemon/reports/reports.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

json::value last_action(const Review& review) {
    if (review.state == ReviewState::open) return nullptr;
    const char* action = review.state == ReviewState::decided        ? to_word(review.decision)
                         : review.state == ReviewState::acknowledged ? to_word(ReviewAction::acknowledge)
                                                                     : to_word(ReviewAction::snooze);
    return json::object{
        {"action", action}, {"at", to_text(review.decided_at)}, {"by", review.decided_by}, {"reason", review.reason}};
}

// The same in one line, for tables.
std::string action_text(const Review& review) {
    const auto action = last_action(review);
    if (action.is_null()) return "";
    return fmt::format("{} by {}: {}", std::string_view(action.at("action").as_string()), review.decided_by,
                       review.reason);
}

}  // namespace

json::value reviews_report(const Engine& engine) {
    const auto& workspace = engine.population().book().definitions.workspace;
    json::array rows;
    for (const auto& review : engine.reviews().all()) {
        const bool is_drift = review.kind == ReviewKind::drift;
        const bool is_decided = review.state == ReviewState::decided;
        json::object row{{"review", review.number},
                         {"kind", to_word(review.kind)},
                         {"segment", review.segment.text},
                         {"steward", review.steward.text},
                         {"steward_left", rules::has_left(workspace, review.steward, engine.engine_time())},
                         {"owner", review.owner.text},
                         {"owner_left", rules::has_left(workspace, review.owner, engine.engine_time())},
                         {"opened_at", to_text(review.opened_at)},
                         {"deadline", to_text(review.deadline)},
                         {"state", to_word(review.state)},
                         {"overdue", !is_decided && engine.engine_time() >= review.deadline},
                         {"finding", review.finding},
                         {"causes", json::array(review.causes.begin(), review.causes.end())},
                         {"decision", last_action(review)},
                         {"last_action", action_text(review)},
                         {"reference", nullptr},
                         {"estimate", nullptr},
                         {"interval", nullptr},
                         {"observations", nullptr}};
        if (is_drift) {
            row["reference"] = review.alarm.reference;
            row["estimate"] = review.alarm.estimate;
            row["interval"] = json::array{review.alarm.lower, review.alarm.upper};
            row["observations"] = review.alarm.observations;
        } else if (review.kind == ReviewKind::limit) {
            row["reference"] = review.alarm.reference;
            row["estimate"] = review.alarm.estimate;
            row["observations"] = review.alarm.observations;
        } else if (review.kind == ReviewKind::validation) {
            row["validation"] = validation_report(review.validation);
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

json::value pauses_report(const Engine& engine) {
    json::array rows;
    for (const auto& [key, pause] : engine.pauses().all()) {
        rows.push_back({{"target", to_word(key.first)},
                        {"name", key.second},
                        {"since", to_text(pause.since)},
                        {"by", pause.by},
                        {"reason", pause.reason}});
    }
    return rows;
}

Result<json::value> learnings_report(const Engine& engine, const std::string& name) {
    json::array rows;
    const auto& definitions = engine.population().book().definitions;
    bool is_known = name.empty() || rules::find(definitions.segments, SegmentId(name)) != nullptr ||
                    rules::find(definitions.pilots, PilotId(name)) != nullptr;
    for (const auto& record : engine.learnings()) {
        const auto& learning = std::get<LearningRecord>(record.payload);
        if (!name.empty() && learning.name != name) continue;
        is_known = true;
        rows.push_back({{"subject", to_word(learning.subject)},
                        {"name", learning.name},
                        {"cause", to_word(learning.cause)},
                        {"text", learning.text},
                        {"at", to_text(record.engine_time)},
                        {"by", record.actor}});
    }
    if (!is_known) {
        return fail(ErrorCode::not_found,
                    "there is no segment or pilot '" + name + "', and nothing was learned of one");
    }
    return json::value(std::move(rows));
}

}  // namespace segmentd::daemon
