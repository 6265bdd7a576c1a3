#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <tuple>

#include "base/timestamp.hpp"
#include "daemon/dashboard/figures.hpp"
#include "daemon/dashboard/layout.hpp"
#include "daemon/dashboard/overview_template.hpp"
#include "daemon/dashboard/pages.hpp"
#include "daemon/dashboard/template.hpp"
#include "daemon/dashboard/texts.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

json::array segment_cards(const json::object& overview);
json::array migration_rows(const json::object& overview);
json::array pilot_cards(const json::object& overview);
json::object finding_view(const json::object& finding);
json::array review_rows(const json::object& overview);
json::object decision_tables(const json::object& overview);
json::array reject_rows(const json::object& overview);
json::array health_facts(const json::object& overview);
json::array endpoint_rows(const json::object& overview);
json::array pause_rows(const json::object& overview);

// For a template: whether there are rows at all, and the rows.
json::object table_of(json::array rows) {
    const bool has_rows = !rows.empty();
    return {{"has_rows", has_rows}, {"rows", std::move(rows)}};
}

std::int64_t count_in(const json::value& row, const char* name) {
    return row.at(name).to_number<std::int64_t>();
}

std::string word(const json::value& row, const char* name) {
    return text_of(row.at(name));
}

}  // namespace

std::string overview_page(const json::object& overview, const PageReader& reader) {
    const auto company = word(overview, "company");
    const json::object values{{"company", company},
                              {"engine_time", minute_text(word(overview, "engine_time"))},
                              {"definitions", word(overview, "definitions")},
                              {"reader", reader.name},
                              {"role", reader.role},
                              {"has_session", reader.has_session},
                              {"may_see_customers", reader.may_see_customers},
                              {"history_days", history_days},
                              {"migration_days", migration_days},
                              {"segments", table_of(segment_cards(overview))},
                              {"migrations", table_of(migration_rows(overview))},
                              {"pilots", table_of(pilot_cards(overview))},
                              {"reviews", table_of(review_rows(overview))},
                              {"decisions", decision_tables(overview)},
                              {"rejects", table_of(reject_rows(overview))},
                              {"health", health_facts(overview)},
                              {"endpoints", table_of(endpoint_rows(overview))},
                              {"pauses", table_of(pause_rows(overview))}};
    return page_around(company + " in segmentd", fill_template(overview_template(), values));
}

namespace {

json::array segment_cards(const json::object& overview) {
    const auto today = day_number(parse_timestamp(word(overview, "engine_time")).value_or(Timestamp{}));
    std::map<std::string, std::vector<std::int64_t>> changes;
    for (const auto& flow : overview.at("flows").as_array()) {
        const auto days_ago = today - count_in(flow, "day");
        if (days_ago < 0 || days_ago >= history_days) continue;
        auto& of_segment = changes[word(flow, "segment")];
        of_segment.resize(history_days);
        of_segment[static_cast<std::size_t>(history_days - 1 - days_ago)] +=
            count_in(flow, "entered") - count_in(flow, "left");
    }
    json::array cards;
    for (const auto& segment : overview.at("segments").as_array()) {
        const auto name = word(segment, "segment");
        auto& of_segment = changes[name];
        of_segment.resize(history_days);
        const auto sizes = sizes_by_day(count_in(segment, "size"), of_segment);
        const auto title = word(segment, "title");
        cards.push_back({{"name", name},
                         {"title", title.empty() ? name : title},
                         {"steward", word(segment, "steward")},
                         {"steward_left", segment.at("steward_left").as_bool()},
                         {"size", count_text(sizes.back())},
                         {"share", percent_text(segment.at("share").to_number<double>())},
                         {"points", curve_points(sizes)},
                         {"first", count_text(sizes.front())},
                         {"lowest", count_text(*std::ranges::min_element(sizes))},
                         {"highest", count_text(*std::ranges::max_element(sizes))}});
    }
    return cards;
}

json::array migration_rows(const json::object& overview) {
    auto moves = overview.at("migrations").as_array();
    std::ranges::sort(moves, {}, [](const auto& move) {
        return std::tuple(-count_in(move, "customers"), word(move, "from"), word(move, "to"));
    });
    json::array rows;
    for (const auto& move : moves) {
        rows.push_back({{"from", word(move, "from")},
                        {"to", word(move, "to")},
                        {"customers", count_text(count_in(move, "customers"))}});
    }
    return rows;
}

json::array pilot_cards(const json::object& overview) {
    json::array cards;
    for (const auto& pilot : overview.at("pilots").as_array()) {
        std::string enrolled;
        for (const auto& [arm, count] : pilot.at("enrolled").as_object()) {
            if (!enrolled.empty()) enrolled += ", ";
            enrolled += fmt::format("{} {}", std::string(arm), count_text(count.to_number<std::int64_t>()));
        }
        json::array findings;
        for (const auto& finding : pilot.at("findings").as_array()) {
            if (finding.at("segment") == "all") findings.push_back(finding_view(finding.as_object()));
        }
        cards.push_back({{"name", word(pilot, "pilot")},
                         {"state", word(pilot, "state")},
                         {"hypothesis", word(pilot, "hypothesis")},
                         {"enrolled", enrolled},
                         {"warnings", pilot.at("warnings")},
                         {"guardrails", pilot.at("guardrails")},
                         {"findings", table_of(std::move(findings))}});
    }
    return cards;
}

// The interval that may be read at any time, where there is one, else that for the planned end.
json::object finding_view(const json::object& finding) {
    const auto number = [&](const char* name) { return finding.at(name).to_number<double>(); };
    const bool is_always_valid = finding.at("always_valid_interval").is_array();
    const auto& interval = finding.at(is_always_valid ? "always_valid_interval" : "interval");
    json::object view{{"metric", word(finding, "metric")},
                      {"arm", word(finding, "arm")},
                      {"control", word(finding, "control")},
                      {"difference", signed_text(number("difference"))},
                      {"customers", number_text(number("n"))},
                      {"customers_control", number_text(number("n_control"))},
                      {"interval", nullptr}};
    if (!interval.is_array()) return view;
    const auto lower = interval.at(0).to_number<double>();
    const auto upper = interval.at(1).to_number<double>();
    const auto places = interval_places(lower, upper, number("difference"));
    const auto place = [](double value) { return fmt::format("{:.1f}", value); };
    view["interval"] = json::object{{"lower", signed_text(lower)},
                                    {"upper", signed_text(upper)},
                                    {"kind", is_always_valid ? "valid at any time" : "valid at the planned end"},
                                    {"from_x", place(places.lower)},
                                    {"to_x", place(places.upper)},
                                    {"estimate_x", place(places.estimate)},
                                    {"zero_x", place(places.zero)}};
    return view;
}

json::array review_rows(const json::object& overview) {
    json::array rows;
    for (const auto& review : overview.at("reviews").as_array()) {
        rows.push_back({{"number", count_in(review, "review")},
                        {"segment", word(review, "segment")},
                        {"kind", word(review, "kind")},
                        {"finding", word(review, "finding")},
                        {"owner", word(review, "owner")},
                        {"owner_left", review.at("owner_left").as_bool()},
                        {"steward", word(review, "steward")},
                        {"steward_left", review.at("steward_left").as_bool()},
                        {"state", word(review, "state")},
                        {"deadline", word(review, "deadline").substr(0, 10)},
                        {"overdue", review.at("overdue").as_bool()}});
    }
    return rows;
}

json::object decision_tables(const json::object& overview) {
    const auto& decisions = overview.at("decisions").as_object();
    json::array counts;
    for (const auto& row : decisions.at("counts").as_array()) {
        counts.push_back({{"decision", word(row, "decision")},
                          {"reason", word(row, "reason")},
                          {"count", count_text(count_in(row, "count"))}});
    }
    json::array newest;
    for (const auto& row : decisions.at("newest").as_array()) {
        newest.push_back({{"at", minute_text(word(row, "at"))},
                          {"touch", word(row, "touch")},
                          {"endpoint", word(row, "endpoint")},
                          {"decision", word(row, "decision")},
                          {"reason", word(row, "reason")},
                          {"customer", word(row, "customer")}});
    }
    return {{"counts", table_of(std::move(counts))}, {"newest", table_of(std::move(newest))}};
}

json::array reject_rows(const json::object& overview) {
    json::array rows;
    for (const auto& [reason, count] : overview.at("rejects").as_object())
        rows.push_back({{"reason", reason}, {"count", count_text(count.to_number<std::int64_t>())}});
    return rows;
}

json::array health_facts(const json::object& overview) {
    const auto& health = overview.at("health").as_object();
    const auto fact = [](const char* name, std::string value) {
        return json::object{{"name", name}, {"value", value}};
    };
    return {fact("Engine time", minute_text(word(overview, "engine_time"))),
            fact("Clock", health.at("clock_held").as_bool() ? "held: the wall clock stepped; an admin must confirm it"
                                                            : "running"),
            fact("Customers", count_text(overview.at("customers").to_number<std::int64_t>())),
            fact("Records", fmt::format("{}, of them durable {}", count_text(count_in(overview, "records")),
                                        count_text(count_in(health, "durable_records")))),
            fact("Waiting", fmt::format("{} for the engine, {} for the disk", count_text(count_in(health, "waiting")),
                                        count_text(count_in(health, "waiting_for_disk")))),
            fact("Tree head", fmt::format("{} over {} records", word(health, "tree_head"),
                                          count_text(count_in(health, "tree_size"))))};
}

json::array endpoint_rows(const json::object& overview) {
    json::array rows;
    for (const auto& endpoint : overview.at("endpoints").as_array()) {
        const auto count = [&](const char* name) { return count_text(count_in(endpoint, name)); };
        rows.push_back({{"name", word(endpoint, "endpoint")},
                        {"mode", word(endpoint, "mode")},
                        {"paused", endpoint.at("paused").as_bool()},
                        {"figures", fmt::format("{} waiting, {} delivered, {} in shadow, {} refused, {} given up",
                                                count("waiting"), count("delivered"), count("shadow"), count("refused"),
                                                count("given_up"))},
                        {"last_error", word(endpoint, "last_error")}});
    }
    return rows;
}

json::array pause_rows(const json::object& overview) {
    json::array rows;
    for (const auto& pause : overview.at("pauses").as_array()) {
        rows.emplace_back(fmt::format("{} {}, since {} by {}: {}", word(pause, "target"), word(pause, "name"),
                                      minute_text(word(pause, "since")), word(pause, "by"), word(pause, "reason")));
    }
    return rows;
}

}  // namespace
}  // namespace segmentd::daemon
