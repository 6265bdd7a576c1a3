// The part of the command line by which people give orders.
#pragma once

#include <CLI/App.hpp>

namespace segmentd::daemon {

// pause, resume, touch test, learn, and below `reviews`: decide, acknowledge, snooze. Each sets the exit code.
void add_order_commands(CLI::App& app, CLI::App& reviews, int& exit_code);

}  // namespace segmentd::daemon
