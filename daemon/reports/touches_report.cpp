// What was decided to leave and what became of it.
#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "daemon/reports/reports.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

json::object touch_row(const LedgerEntry& line, const json::object& details) {
    const auto& data = details.at("data").as_object();
    const auto of_data = [&](const char* name) {
        const auto* value = data.if_contains(name);
        return value != nullptr ? *value : json::value("");
    };
    json::object row{
        {"id", details.at("id")},          {"customer", of_data("customer")}, {"touch", of_data("touch")},
        {"playbook", of_data("playbook")}, {"segment", of_data("segment")},   {"endpoint", line.name},
        {"channel", of_data("channel")},   {"at", to_text(line.at)},          {"decision", details.at("decision")},
        {"reason", details.at("reason")}};
    if (data.contains("arm")) row["pilot"] = json::object{{"pilot", of_data("pilot")}, {"arm", of_data("arm")}};
    if (data.contains("test")) row["test"] = true;
    return row;
}

json::object delivery_row(const LedgerEntry& line, const json::object& details) {
    const auto* cause = details.if_contains("cause");  // older lines have none
    return {{"outcome", line.name},           {"attempts", details.at("attempt")},
            {"status", details.at("status")}, {"cause", cause == nullptr ? json::value("") : *cause},
            {"detail", details.at("detail")}, {"at", to_text(line.at)}};
}

}  // namespace

json::value touches_report(const std::vector<LedgerEntry>& lines) {
    json::array rows;
    std::map<std::string, std::size_t> places;  // by id
    for (const auto& line : lines) {
        const auto details = json::parse(line.details).as_object();
        const std::string id(details.at("id").as_string());
        if (line.kind == LedgerKind::event && details.at("type") == "touch") {
            places[id] = rows.size();
            rows.push_back(touch_row(line, details));
        } else if (line.kind == LedgerKind::delivery) {
            const auto place = places.find(id);
            if (place != places.end()) rows[place->second].get_object()["delivery"] = delivery_row(line, details);
        }
    }
    return rows;
}

json::value endpoints_report(const Engine& engine) {
    std::map<EndpointId, std::int64_t> waiting;
    for (const auto* event : engine.outbox().pending()) ++waiting[event->event.endpoint];
    json::array rows;
    for (const auto& endpoint : engine.population().book().definitions.endpoints) {
        const auto found = engine.outbox().tallies().find(endpoint.id);
        const auto tally = found == engine.outbox().tallies().end() ? EndpointTally{} : found->second;
        const bool was_tried = tally.delivered + tally.failed_attempts > 0;
        rows.push_back({{"endpoint", endpoint.id.text},
                        {"mode", to_word(endpoint.mode)},
                        {"owner", endpoint.owner},
                        {"events", json::value_from(event_words(endpoint))},
                        {"paused", engine.pauses().find(PauseTarget::endpoint, endpoint.id.text) != nullptr},
                        {"waiting", waiting[endpoint.id]},
                        {"sent", tally.sent},
                        {"shadow", tally.shadow},
                        {"refused", tally.refused},
                        {"delivered", tally.delivered},
                        {"failed_attempts", tally.failed_attempts},
                        {"given_up", tally.given_up},
                        {"last_cause", tally.last_cause},
                        {"last_error", tally.last_error},
                        {"last_attempt", was_tried ? json::value(to_text(tally.last_attempt)) : json::value()}});
    }
    return rows;
}

}  // namespace segmentd::daemon
