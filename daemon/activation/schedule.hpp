// When a delivery is tried again: the schedule of Standard Webhooks (0, 5 s, 5 min, 30 min, 2 h, 5 h,
// 10 h, 14 h, 20 h, 24 h), each wait longer or shorter by up to 20 %, and never before Retry-After.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace segmentd::daemon {

// The clock of queues; it never goes back.
using Moment = std::chrono::steady_clock::time_point;

// The wait before an attempt (1 is the first), without jitter; nothing after the last.
std::optional<std::chrono::seconds> wait_before_attempt(std::int64_t attempt);

// The wait after a failed attempt, or nothing where it was the last. Retry-After counts up to 24 h.
// `luck` in [0, 1) decides the jitter: 0.5 is none.
std::optional<std::chrono::milliseconds> wait_after_failure(std::int64_t attempt,
                                                            std::optional<std::chrono::seconds> retry_after,
                                                            double luck);

}  // namespace segmentd::daemon
