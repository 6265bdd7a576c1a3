#include "daemon/commands/place_line.hpp"

#include <CLI/CLI.hpp>

namespace segmentd::daemon {

void add_daemon_options(CLI::App& command, CommandOptions& options) {
    command.add_option("--url", options.url, "a running daemon, for example http://127.0.0.1:8686");
    command.add_option("--token", options.token, "a bearer token for it; default: the admin token in --data");
    command.add_option("--ca", options.authorities_file, "PEM of the authority behind the daemon's certificate")
        ->check(CLI::ExistingFile);
}

void add_place_options(CLI::App& command, CommandOptions& options) {
    command.add_option("--data,-d", options.data, "folder of the store");
    add_daemon_options(command, options);
}

void need_a_place(const CommandOptions& options) {
    if (options.data.empty() && options.url.empty()) throw CLI::RequiredError("--data or --url");
}

}  // namespace segmentd::daemon
