#include "daemon/activation/schedule.hpp"

#include <algorithm>
#include <array>

namespace segmentd::daemon {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<seconds, 10> schedule = {seconds(0), seconds(5), minutes(5), minutes(30), hours(2),
                                              hours(5),   hours(10),  hours(14),  hours(20),   hours(24)};
constexpr seconds longest_retry_after = hours(24);
constexpr double jitter_share = 0.2;

}  // namespace

std::optional<seconds> wait_before_attempt(std::int64_t attempt) {
    if (attempt < 1 || attempt > static_cast<std::int64_t>(schedule.size())) return std::nullopt;
    return schedule[static_cast<std::size_t>(attempt - 1)];
}

std::optional<milliseconds> wait_after_failure(std::int64_t attempt, std::optional<seconds> retry_after, double luck) {
    const auto planned = wait_before_attempt(attempt + 1);
    if (!planned) return std::nullopt;
    const auto wait = std::chrono::duration_cast<milliseconds>(*planned * (1 + jitter_share * (2 * luck - 1)));
    return std::max<milliseconds>(wait, std::min(retry_after.value_or(seconds(0)), longest_retry_after));
}

}  // namespace segmentd::daemon
