// The part of the command line that asks about one segment.
#pragma once

#include <CLI/App.hpp>

namespace segmentd::daemon {

// segment validate, segment track and stability. Each sets the exit code.
void add_segment_commands(CLI::App& app, int& exit_code);

}  // namespace segmentd::daemon
