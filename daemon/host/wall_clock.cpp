#include "daemon/host/wall_clock.hpp"

#include <fmt/format.h>

#include <ctime>
#include <fstream>
#include <sstream>

namespace segmentd::daemon {
namespace {

std::int64_t microseconds_of(clockid_t clock) {
    timespec reading{};
    clock_gettime(clock, &reading);
    return static_cast<std::int64_t>(reading.tv_sec) * 1'000'000 + reading.tv_nsec / 1'000;
}

// Empty where the system does not say.
std::string boot_id() {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string id;
    file >> id;
    return id;
}

}  // namespace

ClockAnchor clock_anchor_at(Timestamp wall) {
    return {boot_id(), wall, Duration(microseconds_of(CLOCK_BOOTTIME))};
}

std::string to_line(const ClockAnchor& anchor) {
    return fmt::format("{} {} {}\n", anchor.boot, to_microseconds(anchor.wall), anchor.since_boot.count());
}

std::optional<ClockAnchor> parse_clock_anchor(std::string_view text) {
    std::istringstream words{std::string(text)};
    ClockAnchor anchor;
    std::int64_t wall = 0, since_boot = 0;
    if (!(words >> anchor.boot >> wall >> since_boot)) return std::nullopt;
    anchor.wall = from_microseconds(wall);
    anchor.since_boot = Duration(since_boot);
    return anchor;
}

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
    const bool is_behind = expected - wall > max_step_;
    const bool is_ahead = wall - expected > max_step_;
    is_held_ = is_behind || (is_ahead && !starts_behind_);
    if (is_held_) return expected;
    starts_behind_ = false;
    anchor_wall_ = wall;
    anchor_boot_ = boot;
    return wall;
}

void WallClock::not_before(Timestamp received_last) {
    starts_behind_ = received_last > anchor_wall_ + max_step_;
    if (starts_behind_) anchor_wall_ = received_last;
}

void WallClock::resume(const ClockAnchor& anchor) {
    const bool is_same_boot = anchor.boot == boot_id() && anchor.since_boot <= anchor_boot_;
    if (!is_same_boot || anchor.boot.empty()) return;
    starts_behind_ = false;
    anchor_wall_ = anchor.wall;
    anchor_boot_ = anchor.since_boot;
}

void WallClock::confirm() {
    anchor_wall_ = wall_();
    anchor_boot_ = since_boot_();
    is_held_ = false;
    starts_behind_ = false;
}

}  // namespace segmentd::daemon
