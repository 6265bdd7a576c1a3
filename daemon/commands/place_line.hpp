// Where a command finds what it asks about: the store's folder, or the daemon that serves it. One place for every
// command.
#pragma once

#include "daemon/commands/commands.hpp"

namespace CLI {
class App;
}

namespace segmentd::daemon {

// --url, --token, --ca.
void add_daemon_options(CLI::App& command, CommandOptions& options);

// --data and these, of which one is needed: need_a_place() throws CLI::RequiredError where neither stands there.
void add_place_options(CLI::App& command, CommandOptions& options);
void need_a_place(const CommandOptions& options);

}  // namespace segmentd::daemon
