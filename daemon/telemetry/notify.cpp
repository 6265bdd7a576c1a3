#include "daemon/telemetry/notify.hpp"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <algorithm>
#include <chrono>

namespace segmentd::daemon {

void notify_ready(const std::string& status) {
    std::string line = status;
    std::ranges::replace(line, '\n', ' ');
    ::sd_notify(0, fmt::format("READY=1\nSTATUS={}", line).c_str());
}

void notify_reloading() {
    const auto since_boot = std::chrono::steady_clock::now().time_since_epoch();
    const auto count = std::chrono::duration_cast<std::chrono::microseconds>(since_boot).count();
    ::sd_notify(0, fmt::format("RELOADING=1\nMONOTONIC_USEC={}", count).c_str());
}

void notify_stopping() {
    ::sd_notify(0, "STOPPING=1");
}

void notify_watchdog() {
    ::sd_notify(0, "WATCHDOG=1");
}

std::optional<Duration> watchdog_interval() {
    std::uint64_t interval = 0;
    if (::sd_watchdog_enabled(0, &interval) <= 0) return std::nullopt;
    return Duration(static_cast<std::int64_t>(interval));
}

}  // namespace segmentd::daemon
