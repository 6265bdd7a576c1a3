// What the daemon tells the service manager (systemd). Without one, all of this does nothing.
#pragma once

#include <optional>
#include <string>

#include "base/timestamp.hpp"

namespace segmentd::daemon {

// The daemon serves; also the end of a reload. The status is a sentence for `systemctl status`.
void notify_ready(const std::string& status);

void notify_reloading();
void notify_stopping();

// A sign of life. Send one at least every half of the watchdog interval.
void notify_watchdog();

// After how much silence the service manager restarts the daemon; nothing where it does not watch.
std::optional<Duration> watchdog_interval();

}  // namespace segmentd::daemon
