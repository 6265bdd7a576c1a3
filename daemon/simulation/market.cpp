#include "daemon/simulation/market.hpp"

#include <algorithm>

#include "daemon/simulation/team_life.hpp"

namespace segmentd::daemon {

Market simulate_market(const MarketModel& model, const MarketSettings& settings) {
    Chronicle chronicle;
    auto& [rows, truth] = chronicle;
    for (std::size_t mood = 0; mood < mood_count; ++mood) {
        truth.first_renewals[mood].probability = 1 - model.leaving[mood];
    }
    for (std::int64_t number = 1; number <= settings.customers; ++number) {
        live_one_team(model, settings, number, chronicle);
    }
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i].order = i;
    std::ranges::sort(rows, {}, [](const Row& row) { return std::pair(row.arrives_at, row.order); });
    Market market{{}, static_cast<std::int64_t>(rows.size()), std::move(truth)};
    for (const auto& row : rows) market.signals += row.line;
    return market;
}

const char* to_word(Mood mood) {
    switch (mood) {
        case Mood::growing: return "growing";
        case Mood::steady: return "steady";
        case Mood::fading: return "fading";
    }
    return "steady";
}

const char* to_word(Channel channel) {
    switch (channel) {
        case Channel::email: return "email";
        case Channel::phone: return "phone";
        case Channel::in_app: return "in_app";
    }
    return "email";
}

}  // namespace segmentd::daemon
