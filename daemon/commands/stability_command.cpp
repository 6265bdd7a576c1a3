#include <fmt/format.h>

#include <boost/json.hpp>
#include <utility>

#include "daemon/commands/commands.hpp"
#include "daemon/commands/daemon_call.hpp"
#include "daemon/commands/offline.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/commands/show.hpp"
#include "daemon/net/query.hpp"
#include "daemon/stability/bootstrap.hpp"
#include "daemon/stability/stability_report.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

constexpr auto longest_answer = std::chrono::minutes(2);  // the daemon reads its whole ledger

Result<json::value> ask_daemon(const CommandOptions& options, const StabilityOptions& stability) {
    std::string path = api_path({"segments", stability.segment, "stability"});
    char sign = '?';
    for (const auto& [name, value] :
         {std::pair("from", stability.from), std::pair("to", stability.to), std::pair("refresh", stability.refresh)}) {
        if (value.empty()) continue;
        path += fmt::format("{}{}={}", sign, name, encode_percent(value));
        sign = '&';
    }
    HttpCall call;
    call.method = "GET";
    call.timeout = longest_answer;
    return call_daemon(options, path, std::move(call));
}

Result<json::value> read_store(Offline& offline, const StabilityOptions& stability) {
    const auto& engine = offline.engine();
    const SegmentId segment(stability.segment);
    TRY(start, begin_stability(engine,
                               {segment, stability.from, stability.to, stability.refresh, engine.time_at(wall_now())}));
    TRY(report, stability_report(*start, offline.past(),
                                 [&](const LedgerVisitor& visit) { return offline.read_memberships(visit); }));
    if (stability.resamples > 0) {
        TRY(bootstrap, bootstrap_stability(engine, offline.past(), {segment, stability.resamples, bootstrap_seed}));
        report["bootstrap"] = std::move(bootstrap);
    }
    return json::value(std::move(report));
}

// Figures first, then a line for each refresh.
void print_for_people(json::object report) {
    const auto transitions = std::exchange(report["transitions"], nullptr);
    auto refreshes = std::exchange(report["refreshes"], nullptr);
    report.erase("transitions");
    report.erase("refreshes");
    print(report, false);
    fmt::print("\ntransitions:\n");
    print(transitions, false);
    fmt::print("\nrefreshes:\n");
    for (auto& row : refreshes.as_array()) {
        auto& fields = row.as_object();
        for (const char* left_out : {"since", "went_to", "came_from"}) fields.erase(left_out);
    }
    print(refreshes, false);
}

}  // namespace

int stability_command(const CommandOptions& options, const StabilityOptions& stability) {
    Result<json::value> value;
    if (options.url.empty()) {
        auto offline = Offline::open(options.workspace, options.data, Offline::Use::look);
        if (!offline) return report(offline.error());
        value = read_store(**offline, stability);
    } else {
        value = ask_daemon(options, stability);
    }
    if (!value) return report(value.error());
    if (options.as_json)
        print(*value, true);
    else
        print_for_people(value->as_object());
    return exit_done;
}

}  // namespace segmentd::daemon
