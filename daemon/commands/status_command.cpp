// segmentctl status: asks a running daemon.
#include <boost/json.hpp>

#include "daemon/commands/commands.hpp"
#include "daemon/commands/daemon_call.hpp"
#include "daemon/commands/output.hpp"

namespace segmentd::daemon {

int status_command(const CommandOptions& options) {
    HttpCall call;
    call.method = "GET";
    const auto status = call_daemon(options, "/api/v1/status", std::move(call));
    if (!status) return report(status.error());
    print(*status, options.as_json);
    return exit_done;
}

}  // namespace segmentd::daemon
