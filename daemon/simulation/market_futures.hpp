// What is expected of a team's money and growth, which no closed form gives: the mean over many futures, drawn under
// each arm from the same random numbers and from no draw of the team's own life.
#pragma once

#include <array>
#include <string_view>

#include "daemon/simulation/subscription.hpp"

namespace segmentd::daemon {

inline constexpr int futures_of_a_team = 32;  // their noise is a thirtieth of what one life varies

struct Prospect {
    Subscription subscription;
    Timestamp at{};            // of the enrolment
    Timestamp period_start{};  // of the period that holds it
    std::size_t offer_arm = 0;
};

// revenue_100d, in cents, and expanded_90d of a team that has just begun; its mood is still open.
std::array<KnownOutcome, 2> expect_futures_of_setup(const MarketModel& model, const Prospect& prospect,
                                                    const Random& random);

// revenue_100d, in cents, of a team that stands at the limit of its plan and has not answered yet.
KnownOutcome expect_future_of_offer(const MarketModel& model, const Prospect& prospect, const Random& random);

}  // namespace segmentd::daemon
