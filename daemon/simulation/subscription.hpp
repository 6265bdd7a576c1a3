// What a team of the simulated market pays for: seats, plan and mood from one billing period to the next. The random
// numbers come from the caller, so that a life can be lived once for the signals and often for what is true of it.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "daemon/simulation/market.hpp"

namespace segmentd::daemon {

struct SeatsAdded {
    Timestamp at{};
    std::int64_t seats = 0;
};

struct Subscription {
    TeamTraits traits;
    Mood mood = Mood::steady;
    std::int64_t seats = 0;
    std::int64_t unpaid_seats = 0;  // added, paid from the next period
    bool is_on_team = false;        // the plan that is paid
    bool has_upgraded = false;      // to be on that plan from the next period
    bool has_met_limit = false;
    std::vector<SeatsAdded> additions;

    void begin_period();
    std::int64_t payment_cents(const MarketModel& model) const;

    // Within the period that begins at `from`; nothing where none were wanted or none fit.
    std::optional<SeatsAdded> add_seats(const MarketModel& model, Timestamp from, Random& random);

    // The segment outgrowing_plan as the workspace defines it: true the first time in a life.
    bool meets_limit(Timestamp at);

    // Decides by the mood of the period that ended; who stays may change it.
    bool renews(const MarketModel& model, Random& random);
};

// A whole second after `from`, at most `length` after it.
Timestamp instant_within(Timestamp from, Duration length, Random& random);

// Which of the shares, that add up to 1, is drawn.
std::size_t draw_of(std::span<const double> shares, Random& random);

}  // namespace segmentd::daemon
