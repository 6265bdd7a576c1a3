// What the system knows about this process, under the names that Prometheus libraries use.
#pragma once

namespace segmentd::daemon {

struct ProcessFigures {
    double resident_bytes = 0;
    double open_files = 0;
    double started_at_seconds = 0;  // since 1970
};

// From /proc; a figure that cannot be read is 0. Any thread.
ProcessFigures read_process_figures();

}  // namespace segmentd::daemon
