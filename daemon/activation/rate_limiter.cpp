#include "daemon/activation/rate_limiter.hpp"

#include <algorithm>

namespace segmentd::daemon {

RateLimiter::RateLimiter(const std::optional<rules::RateLimit>& limit) {
    if (!limit) return;
    constexpr double longest_interval = 86'400;
    const std::chrono::duration<double> interval(std::min(1 / limit->per_second, longest_interval));
    interval_ = std::chrono::duration_cast<std::chrono::nanoseconds>(interval);
    slack_ = interval_ * (std::clamp<std::int64_t>(limit->burst, 1, 100'000) - 1);
}

std::optional<Moment> RateLimiter::next() const {
    if (interval_.count() == 0) return std::nullopt;
    return due_ - slack_;
}

void RateLimiter::take(Moment now) {
    due_ = std::max(due_, now) + interval_;
}

}  // namespace segmentd::daemon
