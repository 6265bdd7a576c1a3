// The wall clock as the daemon trusts it.
//
// It follows the system's clock, but a step of more than max_step against the time since boot is
// held: time then goes on at the pace of the boot clock until the step is taken back or somebody
// confirms it. One thread at a time.
//
// A restart must not believe what was held before, so the clock can be told what is known:
// - An anchor of the run before, where the machine has not been booted since: the boot clock proves
//   what the wall must show, and a difference beyond max_step, ahead or behind, is a step like any.
// - The wall time of the last record: a wall clock before it (by more than max_step) is wrong. It is
//   held at that time and goes on at the pace of the boot clock, until the wall has come past it.
// Without an anchor a wall clock ahead is believed: a daemon may have been off for long.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/timestamp.hpp"

namespace segmentd::daemon {

// The wall clock as it was trusted at one moment of one boot of the machine.
struct ClockAnchor {
    std::string boot;  // the kernel's id of the boot
    Timestamp wall{};
    Duration since_boot{};
    bool operator==(const ClockAnchor&) const = default;
};

// For the moment at which the clock reads `wall`.
ClockAnchor clock_anchor_at(Timestamp wall);

// One line, and back; nothing where it is no anchor.
std::string to_line(const ClockAnchor& anchor);
std::optional<ClockAnchor> parse_clock_anchor(std::string_view text);

class WallClock {
  public:
    using Reading = std::function<Timestamp()>;     // the system's wall clock
    using BootReading = std::function<Duration()>;  // time since boot, never stepped

    WallClock(Reading wall, BootReading since_boot, Duration max_step);

    // The system's clocks (CLOCK_REALTIME and CLOCK_BOOTTIME).
    static WallClock of_system(Duration max_step);

    Timestamp now();
    bool is_held() const { return is_held_; }

    // Before the first reading: what a restart knows. An anchor of another boot says nothing.
    void not_before(Timestamp received_last);
    void resume(const ClockAnchor& anchor);

    // Accepts a held step: from here on the system's clock is followed again.
    void confirm();

  private:
    Reading wall_;
    BootReading since_boot_;
    Duration max_step_;
    Timestamp anchor_wall_{};
    Duration anchor_boot_{};
    bool is_held_ = false;
    bool starts_behind_ = false;  // the wall stood before the last record; ahead of it proves nothing
};

}  // namespace segmentd::daemon
