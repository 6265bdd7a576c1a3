#include "daemon/simulation/market_truth.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace segmentd::daemon {
namespace {

std::string parameters_text(const MarketModel& model);
std::string by_mood(const ByMood& values);
std::string share_text(const KnownShare& share);
std::string arms_text(const MarketModel& model, const MarketTruth& truth);
std::string renewals_text(const MarketTruth& truth);
std::string end_text(const MarketSettings& settings, const MarketTruth& truth);
std::string teams_text(const MarketModel& model, const MarketTruth& truth);

}  // namespace

std::string market_truth_text(const MarketModel& model, const MarketSettings& settings, const MarketTruth& truth) {
    return fmt::format(
        R"({{"settings": {{"seed": {}, "customers": {}, "begins_at": "{}", "ends_at": "{}"}},
 "parameters": {},
 "arms": {},
 "renewals": {},
 "at_end": {},
 "teams": [
{}
]}}
)",
        settings.seed, settings.customers, to_text(settings.ends_at - market_year), to_text(settings.ends_at),
        parameters_text(model), arms_text(model, truth), renewals_text(truth), end_text(settings, truth),
        teams_text(model, truth));
}

namespace {

std::string parameters_text(const MarketModel& model) {
    return fmt::format(
        R"({{"activation": {{"{}": {}, "{}": {}}},
  "mood_if_activated": {}, "mood_if_not": {},
  "transition": {{"growing": {}, "steady": {}, "fading": {}}},
  "sessions_per_week": {}, "session_shape": {}, "session_factor": {}, "schedules_per_session": {},
  "seat_stop": {}, "seat_price_cents": {{"starter": {}, "team": {}}}, "adds_seats": {}, "further_seats": {},
  "tickets": {}, "ticket_severity": {{"question": {}, "problem": {}, "outage": {}}},
  "answers": {}, "praises": {}}})",
        model.arms[0], model.activation[0], model.arms[1], model.activation[1], by_mood(model.mood_if_activated),
        by_mood(model.mood_if_not), by_mood(model.transition[0]), by_mood(model.transition[1]),
        by_mood(model.transition[2]), model.sessions_per_week, model.session_shape, by_mood(model.session_factor),
        model.schedules_per_session, model.seat_stop, model.seat_price_cents[0], model.seat_price_cents[1],
        by_mood(model.adds_seats), model.further_seats, by_mood(model.tickets), model.ticket_severity[0],
        model.ticket_severity[1], model.ticket_severity[2], model.answers, by_mood(model.praises));
}

std::string by_mood(const ByMood& values) {
    return fmt::format(R"({{"growing": {}, "steady": {}, "fading": {}}})", values[0], values[1], values[2]);
}

std::string share_text(const KnownShare& share) {
    return fmt::format(R"({{"probability": {}, "trials": {}, "successes": {}}})", share.probability, share.trials,
                       share.successes);
}

std::string arms_text(const MarketModel& model, const MarketTruth& truth) {
    std::vector<std::string> arms;
    for (std::size_t arm = 0; arm < truth.arms.size(); ++arm) {
        const auto& known = truth.arms[arm];
        arms.push_back(fmt::format(R"("{}": {{"teams": {}, "activated_14d": {}, "first_renewal": {}}})",
                                   model.arms[arm], known.teams, share_text(known.activated),
                                   share_text(known.first_renewal)));
    }
    return fmt::format("{{{}}}", fmt::join(arms, ",\n  "));
}

std::string renewals_text(const MarketTruth& truth) {
    std::vector<std::string> renewals;
    renewals.reserve(mood_count);
    for (std::size_t mood = 0; mood < mood_count; ++mood) {
        renewals.push_back(
            fmt::format(R"("{}": {})", to_word(static_cast<Mood>(mood)), share_text(truth.renewals[mood])));
    }
    return fmt::format("{{{}}}", fmt::join(renewals, ",\n  "));
}

std::string end_text(const MarketSettings& settings, const MarketTruth& truth) {
    const auto count = [&](const auto& claim) { return std::ranges::count_if(truth.teams, claim); };
    const auto first_month = [&](const TeamTruth& team) { return team.started_at > settings.ends_at - market_period; };
    const auto is_fading = [](const TeamTruth& team) { return team.is_paying && team.mood == Mood::fading; };
    return fmt::format(R"({{"in_first_30_days": {}, "paying": {}, "paying_and_fading": {}}})", count(first_month),
                       std::ranges::count(truth.teams, true, &TeamTruth::is_paying), count(is_fading));
}

std::string teams_text(const MarketModel& model, const MarketTruth& truth) {
    std::vector<std::string> teams;
    teams.reserve(truth.teams.size());
    for (const auto& team : truth.teams) {
        teams.push_back(fmt::format(
            R"({{"customer": "{}", "started_at": "{}", "arm": "{}", "activated": {}, "paying": {}, "mood": "{}"}})",
            team.customer, to_text(team.started_at), model.arms[team.arm], team.is_activated, team.is_paying,
            to_word(team.mood)));
    }
    return fmt::format("{}", fmt::join(teams, ",\n"));
}

}  // namespace
}  // namespace segmentd::daemon
