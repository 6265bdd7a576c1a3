#include "daemon/commands/show.hpp"

#include <boost/json.hpp>

#include "daemon/commands/daemon_call.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/net/query.hpp"

namespace segmentd::daemon {
namespace {

constexpr auto longest_answer = std::chrono::minutes(1);  // of what it has to look up in the past

}  // namespace

Result<boost::json::value> ask_daemon(const CommandOptions& options, const std::string& path) {
    HttpCall call;
    call.method = "GET";
    call.timeout = longest_answer;
    return call_daemon(options, path, std::move(call));
}

int show(const CommandOptions& options, const Result<boost::json::value>& value) {
    if (!value) return report(value.error());
    print(*value, options.as_json);
    return exit_done;
}

int show(const CommandOptions& options, const std::string& path, const MakeReport& make) {
    if (!options.url.empty()) return show(options, ask_daemon(options, path));
    auto offline = Offline::open(options.workspace, options.data, Offline::Use::look);
    return offline ? show(options, make(**offline)) : report(offline.error());
}

int show_at(const CommandOptions& options, const PastQuestion& question, const MakeReport& make) {
    if (question.at.empty()) return show(options, question.path, make);
    if (!options.url.empty()) {
        return show(options, ask_daemon(options, question.path + api_query("at", question.at)));
    }
    auto offline = Offline::open_at(options.data, question.at);
    return offline ? show(options, make(**offline)) : report(offline.error());
}

std::string api_path(const std::vector<std::string>& parts) {
    std::string path = "/api/v1";
    for (const auto& part : parts) path += '/' + encode_percent(part);
    return path;
}

std::string api_query(const std::string& name, const std::string& value) {
    return value.empty() ? "" : '?' + name + '=' + encode_percent(value);
}

}  // namespace segmentd::daemon
