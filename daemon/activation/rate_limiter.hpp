// A bucket of permissions that fills with time: an endpoint is called at most so often on average, and
// so many times at once after a pause. Not for several threads at once.
#pragma once

#include <optional>

#include "daemon/activation/schedule.hpp"
#include "rules/definitions/endpoints.hpp"

namespace segmentd::daemon {

class RateLimiter {
  public:
    // Without a limit everything may go at once. The bucket begins full.
    explicit RateLimiter(const std::optional<rules::RateLimit>& limit);

    // When the next call may go; nothing where it may at any time.
    std::optional<Moment> next() const;

    // Takes one permission; not before next().
    void take(Moment now);

  private:
    std::chrono::nanoseconds interval_{0};  // 0: no limit
    std::chrono::nanoseconds slack_{0};     // by which calls may come early: burst - 1 intervals
    Moment due_{};                          // when a call is on time (generic cell rate algorithm, ITU-T I.371)
};

}  // namespace segmentd::daemon
