// Commands that read the store and print a report.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <cstdio>

#include "daemon/commands/commands.hpp"
#include "daemon/commands/daemon_call.hpp"
#include "daemon/commands/offline.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/reports/reports.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

// Opens the store for reading and prints what `make` returns.
template <typename Make>
int show(const CommandOptions& options, const Make& make) {
    auto offline = Offline::open(options.workspace, options.data, Store::Mode::reader);
    if (!offline) return report(offline.error());
    Result<json::value> value = make(**offline);
    if (!value) return report(value.error());
    print(*value, options.as_json);
    return exit_done;
}

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

}  // namespace

int segments_command(const CommandOptions& options, const std::string& at) {
    return show(options, [&](Offline& offline) -> Result<json::value> {
        if (at.empty()) return segments_report(offline.engine());
        TRY(instant, parse_as_of(at));
        const auto now = offline.engine().engine_time();
        if (instant > now) {
            fmt::print(stderr, "note: {} is after the engine time {}; nothing is known of what comes then\n",
                       to_text(instant), to_text(now));
        }
        TRY(hindsight, look_back(offline.engine(), offline.past(), instant));
        return segments_report(hindsight);
    });
}

int members_command(const CommandOptions& options, const std::string& segment) {
    return show(options, [&](Offline& offline) { return members_report(offline.engine(), SegmentId(segment)); });
}

int explain_command(const CommandOptions& options, const std::string& customer) {
    return show(options, [&](Offline& offline) -> Result<json::value> {
        TRY(report, explain_report(offline.engine(), CustomerId(customer)));
        const CustomerId id(customer);
        TRY(lines, event_lines(offline.store(), id, 0));
        report["touches"] = touches_of(id, lines, silent_touches(offline.engine(), id));
        return report;
    });
}

int models_command(const CommandOptions& options) {
    return show(options, [](Offline& offline) -> Result<json::value> {
        auto models = models_report(offline.engine());
        TRY(forecasts, forecasts_report(offline.engine(), offline.past()));
        for (auto& model : models.get_array()) {
            json::array own;
            for (const auto& forecast : forecasts.get_array()) {
                if (forecast.get_object().at("model") == model.get_object().at("model")) own.push_back(forecast);
            }
            if (!own.empty()) model.get_object()["forecasts"] = std::move(own);
        }
        return models;
    });
}

int pilots_command(const CommandOptions& options) {
    return show(options, [](Offline& offline) -> Result<json::value> { return pilots_report(offline.engine()); });
}

int reviews_command(const CommandOptions& options) {
    return show(options, [](Offline& offline) -> Result<json::value> { return reviews_report(offline.engine()); });
}

int touches_command(const CommandOptions& options, const std::string& customer) {
    return show(options, [&](Offline& offline) -> Result<json::value> {
        const CustomerId id(customer);
        TRY(lines, event_lines(offline.store(), id, 0));
        return id.empty() ? touches_report(lines) : touches_of(id, lines, silent_touches(offline.engine(), id));
    });
}

int pauses_command(const CommandOptions& options) {
    return show(options, [](Offline& offline) -> Result<json::value> { return pauses_report(offline.engine()); });
}

int learnings_command(const CommandOptions& options, const std::string& name) {
    if (!options.url.empty()) {
        HttpCall call;
        call.method = "GET";
        const auto answer =
            call_daemon(options, "/api/v1/learnings" + (name.empty() ? "" : "?name=" + name), std::move(call));
        if (!answer) return report(answer.error());
        print(*answer, options.as_json);
        return exit_done;
    }
    return show(options,
                [&](Offline& offline) -> Result<json::value> { return learnings_report(offline.engine(), name); });
}

int rejects_command(const CommandOptions& options, const RejectsOptions& rejects) {
    return show(options, [&](Offline& offline) -> Result<json::value> {
        TRY(newest, offline.store().rejects(static_cast<std::size_t>(rejects.limit)));
        return rejects_report(newest, rejects.with_payload);
    });
}

}  // namespace segmentd::daemon
