// What was decided to leave and what became of it.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "daemon/reports/reports.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

// Lines of older stores lack some members.
json::value member_or_empty(const json::object& details, const char* name) {
    const auto* value = details.if_contains(name);
    return value != nullptr ? *value : json::value("");
}

json::object touch_row(const LedgerEntry& line, const json::object& details) {
    const auto& data = details.at("data").as_object();
    const auto of_data = [&](const char* name) { return member_or_empty(data, name); };
    json::object row{{"id", details.at("id")},
                     {"customer", of_data("customer")},
                     {"touch", of_data("touch")},
                     {"playbook", of_data("playbook")},
                     {"segment", of_data("segment")},
                     {"endpoint", line.name},
                     {"channel", of_data("channel")},
                     {"at", to_text(line.at)},
                     {"decision", details.at("decision")},
                     {"cause", member_or_empty(details, "cause")},
                     {"reason", details.at("reason")}};
    if (data.contains("arm")) row["pilot"] = json::object{{"pilot", of_data("pilot")}, {"arm", of_data("arm")}};
    if (data.contains("test")) row["test"] = true;
    return row;
}

json::object delivery_row(const LedgerEntry& line, const json::object& details) {
    return {{"outcome", line.name},           {"attempts", details.at("attempt")},
            {"status", details.at("status")}, {"cause", member_or_empty(details, "cause")},
            {"detail", details.at("detail")}, {"at", to_text(line.at)}};
}

struct SilentTouch {
    const SegmentId& segment;
    const Membership& membership;
    const std::string& cause;
    const rules::PlaybookDefinition& playbook;
    const rules::TouchDefinition& touch;
};

json::object silent_row(const CustomerId& customer, const SilentTouch& silent) {
    const char* why = silent.membership.greeted == 0 ? "entered by import, apply or catch-up"
                                                     : "entered before this playbook was theirs";
    return {{"id", ""},
            {"customer", customer.text},
            {"touch", silent.touch.id.text},
            {"playbook", silent.playbook.id.text},
            {"segment", silent.segment.text},
            {"endpoint", silent.touch.endpoint.id.text},
            {"channel", silent.touch.channel},
            {"at", to_text(silent.membership.since)},
            {"decision", to_word(TouchFate::refused)},
            {"cause", fmt::format("entered {}: {}", silent.segment.text, silent.cause)},
            {"reason", fmt::format("{}; existing_members: ignore", why)}};
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

json::array silent_touches(const Engine& engine, const CustomerId& id) {
    json::array rows;
    const auto& population = engine.population();
    const auto index = population.find(id);
    if (!index) return rows;
    const auto& customer = population.at(*index);
    for (const auto membership : customer.memberships) {
        const auto& segment = population.book().definitions.segments[membership.segment].id;
        const auto [pilot, arm] = Pilots::arm_in_segment(population.book(), customer, segment, engine.engine_time());
        const auto* playbook = playbook_for(population, segment, {pilot, arm});
        if (playbook == nullptr || playbook->existing_members != rules::ExistingMembers::ignore) continue;
        if (membership.greeted == playbook_mark(playbook->id)) continue;
        for (const auto& touch : playbook->touches) {
            if (touch.when == rules::TouchTrigger::entered)
                rows.push_back(
                    silent_row(id, {segment, membership, population.origin_of(membership).cause, *playbook, touch}));
        }
    }
    return rows;
}

json::value touches_of(const CustomerId& customer, const std::vector<LedgerEntry>& lines, json::array silent) {
    json::array rows;
    auto decided = touches_report(lines);
    for (auto& row : decided.get_array()) {
        if (row.at("customer").as_string() == customer.text) rows.push_back(std::move(row));
    }
    const auto instant = [](const json::value& row) { return std::string_view(row.at("at").as_string()); };
    for (auto& row : silent) rows.insert(std::ranges::upper_bound(rows, instant(row), {}, instant), std::move(row));
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
