// The part of the command line by which definitions change.
#pragma once

#include <CLI/App.hpp>

namespace segmentd::daemon {

// plan, apply and rollback. Each sets the exit code.
void add_change_commands(CLI::App& app, int& exit_code);

}  // namespace segmentd::daemon
