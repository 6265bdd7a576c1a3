// Commands that print a report, of a store or of the running daemon.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <cstdio>

#include "daemon/commands/commands.hpp"
#include "daemon/commands/show.hpp"
#include "daemon/reports/explain_segment.hpp"
#include "daemon/reports/reports.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

json::value rejects_report(const std::vector<StoredReject>& rejects, bool with_payload) {
    json::array rows;
    for (const auto& [id, reject] : rejects) {
        json::object row{{"id", id},
                         {"received_at", to_text(reject.received_at)},
                         {"source", reject.source},
                         {"reason", reject.reason},
                         {"detail", reject.detail}};
        if (with_payload) row["payload"] = reject.payload;
        rows.push_back(std::move(row));
    }
    return rows;
}

// All of them, page by page.
Result<json::value> members_of_daemon(const CommandOptions& options, const std::string& segment,
                                      const std::string& at) {
    json::array all;
    for (std::string cursor;;) {
        auto query = api_query("limit", "10000");
        for (const auto& [name, value] : {std::pair("at", at), std::pair("cursor", cursor)}) {
            if (!value.empty()) query += '&' + api_query(name, value).substr(1);
        }
        TRY(page, ask_daemon(options, api_path({"segments", segment, "members"}) + query));
        for (auto& member : page.as_object().at("members").as_array()) all.push_back(std::move(member));
        const auto& next = page.as_object().at("next_cursor");
        if (next.is_null()) return json::value(std::move(all));
        cursor = std::string(next.as_string());
    }
}

}  // namespace

int segments_command(const CommandOptions& options, const std::string& at) {
    return show(options, api_path({"segments"}) + api_query("at", at), [&](Offline& offline) -> Result<json::value> {
        if (at.empty()) return segments_report(offline.engine());
        TRY(instant, parse_as_of(at, offline.engine().calendar()));
        const auto now = offline.engine().engine_time();
        if (instant > now) {
            fmt::print(stderr, "note: {} is after the engine time {}; nothing is known of what comes then\n",
                       to_text(instant), to_text(now));
        }
        TRY(hindsight, look_back(offline.engine(), offline.past(), instant));
        return segments_report(hindsight);
    });
}

int members_command(const CommandOptions& options, const std::string& segment, const std::string& at) {
    if (!options.url.empty()) return show(options, members_of_daemon(options, segment, at));
    return show_at(options, {{}, at},
                   [&](Offline& offline) { return members_report(offline.engine(), SegmentId(segment)); });
}

int explain_command(const CommandOptions& options, const std::string& customer) {
    return show(options, api_path({"customers", customer}), [&](Offline& offline) -> Result<json::value> {
        TRY(report, explain_report(offline.engine(), CustomerId(customer)));
        const CustomerId id(customer);
        TRY(lines, event_lines(offline.store(), id, 0));
        report["touches"] = touches_of(id, lines, silent_touches(offline.engine(), id));
        return report;
    });
}

int explain_segment_command(const CommandOptions& options, const ExplainOptions& explain) {
    const auto path = api_path({"customers", explain.customer, "segments", explain.segment});
    return show_at(options, {path, explain.at}, [&](Offline& offline) -> Result<json::value> {
        return explain_segment_report(offline.engine(), CustomerId(explain.customer), SegmentId(explain.segment));
    });
}

int models_command(const CommandOptions& options) {
    return show(options, api_path({"models"}) + api_query("past", "true"),
                [](Offline& offline) { return models_with_forecasts(offline.engine(), offline.past()); });
}

int pilots_command(const CommandOptions& options) {
    return show(options, api_path({"pilots"}),
                [](Offline& offline) -> Result<json::value> { return pilots_report(offline.engine()); });
}

int reviews_command(const CommandOptions& options) {
    return show(options, api_path({"reviews"}),
                [](Offline& offline) -> Result<json::value> { return reviews_report(offline.engine()); });
}

int touches_command(const CommandOptions& options, const std::string& customer) {
    const auto path = api_path({"touches"}) + api_query("customer", customer);
    return show(options, path, [&](Offline& offline) -> Result<json::value> {
        const CustomerId id(customer);
        TRY(lines, event_lines(offline.store(), id, 0));
        return id.empty() ? touches_report(lines) : touches_of(id, lines, silent_touches(offline.engine(), id));
    });
}

int pauses_command(const CommandOptions& options) {
    return show(options, api_path({"pauses"}),
                [](Offline& offline) -> Result<json::value> { return pauses_report(offline.engine()); });
}

int learnings_command(const CommandOptions& options, const std::string& name) {
    return show(options, api_path({"learnings"}) + api_query("name", name),
                [&](Offline& offline) { return learnings_report(offline.engine(), name); });
}

int rejects_command(const CommandOptions& options, const RejectsOptions& rejects) {
    const auto path = api_path({"rejects"}) + api_query("limit", std::to_string(rejects.limit));
    return show(options, path, [&](Offline& offline) -> Result<json::value> {
        TRY(newest, offline.store().rejects(static_cast<std::size_t>(rejects.limit)));
        return rejects_report(newest, rejects.with_payload);
    });
}

}  // namespace segmentd::daemon
