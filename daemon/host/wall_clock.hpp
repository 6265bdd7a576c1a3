// The wall clock as the daemon trusts it.
//
// It follows the system's clock, but a step of more than max_step against the time since boot is
// held: time then goes on at the pace of the boot clock until somebody confirms the step. One
// thread at a time.
#pragma once

#include <functional>

#include "base/timestamp.hpp"

namespace segmentd::daemon {

class WallClock {
  public:
    using Reading = std::function<Timestamp()>;     // the system's wall clock
    using BootReading = std::function<Duration()>;  // time since boot, never stepped

    WallClock(Reading wall, BootReading since_boot, Duration max_step);

    // The system's clocks (CLOCK_REALTIME and CLOCK_BOOTTIME).
    static WallClock of_system(Duration max_step);

    Timestamp now();
    bool is_held() const { return is_held_; }

    // Accepts a held step: from here on the system's clock is followed again.
    void confirm();

  private:
    Reading wall_;
    BootReading since_boot_;
    Duration max_step_;
    Timestamp anchor_wall_{};
    Duration anchor_boot_{};
    bool is_held_ = false;
};

}  // namespace segmentd::daemon
