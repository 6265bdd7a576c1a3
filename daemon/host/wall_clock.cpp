#include "daemon/host/wall_clock.hpp"

#include <ctime>

namespace segmentd::daemon {
namespace {

std::int64_t microseconds_of(clockid_t clock) {
    timespec reading{};
    clock_gettime(clock, &reading);
    return static_cast<std::int64_t>(reading.tv_sec) * 1'000'000 + reading.tv_nsec / 1'000;
}

}  // namespace

WallClock::WallClock(Reading wall, BootReading since_boot, Duration max_step)
    : wall_(std::move(wall)),
      since_boot_(std::move(since_boot)),
      max_step_(max_step),
      anchor_wall_(wall_()),
      anchor_boot_(since_boot_()) {}

WallClock WallClock::of_system(Duration max_step) {
    return {[] { return from_microseconds(microseconds_of(CLOCK_REALTIME)); },
            [] { return Duration(microseconds_of(CLOCK_BOOTTIME)); }, max_step};
}

Timestamp WallClock::now() {
    const Timestamp wall = wall_();
    const Duration boot = since_boot_();
    const Timestamp expected = anchor_wall_ + (boot - anchor_boot_);
    is_held_ = std::chrono::abs(wall - expected) > max_step_;
    if (is_held_) return expected;
    anchor_wall_ = wall;
    anchor_boot_ = boot;
    return wall;
}

void WallClock::confirm() {
    anchor_wall_ = wall_();
    anchor_boot_ = since_boot_();
    is_held_ = false;
}

}  // namespace segmentd::daemon
