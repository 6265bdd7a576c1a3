// What operators see of a running daemon: health, figures, and the log lines of a full disk.
#pragma once

#include "base/records.hpp"
#include "daemon/net/http_message.hpp"
#include "daemon/serve/routes.hpp"
#include "daemon/store/commit_thread.hpp"
#include "daemon/telemetry/metrics.hpp"

namespace segmentd::daemon {

// Counts commits and their time, and says once when the disk is full and once when there is room again. The
// metrics must outlive the watch; on_failure is left to the caller.
CommitWatch watch_commits(Metrics& metrics);

// One more attempt to deliver that ended so.
void count_delivery(Metrics& metrics, DeliveryOutcome outcome);

}  // namespace segmentd::daemon
