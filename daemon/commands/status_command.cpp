// segmentctl status: asks a running daemon.
#include <boost/json.hpp>

#include "daemon/commands/commands.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/net/http_client.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

int status_command(const CommandOptions& options) {
    HttpClient client(HttpClientSettings{});
    HttpCall call;
    call.url = options.url + "/api/v1/status";
    call.method = "GET";
    if (!options.token.empty()) call.headers.emplace_back("Authorization", "Bearer " + options.token);
    const auto outcome = client.fetch(call);
    if (!outcome) {
        auto error = outcome.error();
        error.code = ErrorCode::unavailable;
        error.message = options.url + ": " + error.message;
        error.hint = "is the daemon running there?";
        return report(error);
    }
    boost::system::error_code broken;
    const auto value = json::parse(outcome->body, broken);
    if (outcome->status != 200 || broken) {
        return report(
            Error{ErrorCode::unavailable, "the daemon answered " + std::to_string(outcome->status), {}, {}, {}});
    }
    print(value, options.as_json);
    return exit_done;
}

}  // namespace segmentd::daemon
