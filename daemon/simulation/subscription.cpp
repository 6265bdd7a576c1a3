#include "daemon/simulation/subscription.hpp"

#include <algorithm>

namespace segmentd::daemon {
namespace {

constexpr Duration limit_window = Days(90);

}  // namespace

void Subscription::begin_period() {
    seats = std::min(seats + unpaid_seats, most_seats);
    unpaid_seats = 0;
    is_on_team = is_on_team || has_upgraded;
}

std::int64_t Subscription::payment_cents(const MarketModel& model) const {
    return seats * model.seat_price_cents[is_on_team ? 1 : 0];
}

std::optional<SeatsAdded> Subscription::add_seats(const MarketModel& model, Timestamp from, Random& random) {
    if (!random.bernoulli(model.adds_seats[static_cast<std::size_t>(mood)])) return std::nullopt;
    const auto wanted = 1 + random.poisson(model.further_seats);
    const auto at = instant_within(from, market_period, random);
    unpaid_seats = std::min(wanted, (is_on_team ? most_seats : starter_seats) - seats);
    if (unpaid_seats == 0) return std::nullopt;
    return additions.emplace_back(at, unpaid_seats);
}

bool Subscription::meets_limit(Timestamp at) {
    if (has_met_limit || is_on_team || seats < seats_near_limit) return false;
    std::int64_t added = 0;
    for (const auto& addition : additions) added += addition.at > at - limit_window ? addition.seats : 0;
    has_met_limit = added >= added_near_limit;
    return has_met_limit;
}

bool Subscription::renews(const MarketModel& model, Random& random) {
    if (random.bernoulli(traits.leaving[static_cast<std::size_t>(mood)])) return false;
    mood = static_cast<Mood>(draw_of(model.transition[static_cast<std::size_t>(mood)], random));
    return true;
}

Timestamp instant_within(Timestamp from, Duration length, Random& random) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(length).count();
    return from + std::chrono::seconds(1 + random.below(static_cast<std::uint64_t>(seconds) - 1));
}

std::size_t draw_of(std::span<const double> shares, Random& random) {
    double rest = random.uniform();
    for (std::size_t index = 0; index + 1 < shares.size(); ++index) {
        if (rest < shares[index]) return index;
        rest -= shares[index];
    }
    return shares.size() - 1;
}

}  // namespace segmentd::daemon
