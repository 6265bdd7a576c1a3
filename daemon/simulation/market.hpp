// A made-up year of Fernway, the company of config/workspaces/demo, whose truth is known.
//
// Teams subscribe during the 365 days before `ends_at`, ever more of them (the density of starts rises
// linearly from zero). A team's life runs in billing periods of 30 days and is drawn from its own
// random stream, so that more teams never change the life of another:
//
//   arm      "alone" or "guided", by the bucketing of the pilot guided_setup (a hash of the team's id).
//   seats    at the start 2 + geometric(seat_stop), at most 60. Up to 10 seats are the plan starter, more are
//            team; a seat costs seat_price a period. Seats added in a period are paid from the next.
//   publish  with activation[arm] the team publishes its first schedule uniformly within
//            (0 h, 13 days]; otherwise not before day 14.
//   mood     growing, steady or fading, hidden, one a period. The first one is drawn by whether the
//            team published in time, the later ones by `transition`. The arm acts on nothing else, so
//            every later difference between arms comes through the first schedule.
//   renewal  at the end of a period with renewal[mood]; else the team is gone for good.
//   session  Poisson, gamma(session_shape) over teams with the mean sessions_per_week, times
//            session_factor[mood]. A session publishes Poisson(schedules_per_session) schedules once
//            the team has begun to publish.
//   seats_added, ticket_opened, feedback: at most one addition and one answer a period, tickets
//            Poisson; by mood as stated below.
//
// Instants are whole seconds. A signal at or after `ends_at` is left out. Draws come from
// base/random only, so equal settings give equal bytes on every machine.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/timestamp.hpp"

namespace segmentd::daemon {

enum class Mood : std::size_t { growing, steady, fading };
inline constexpr std::size_t mood_count = 3;
using ByMood = std::array<double, mood_count>;  // in the order of Mood

// The truth. Arms stand in the order of the pilot: alone, guided.
struct MarketModel {
    std::array<const char*, 2> arms = {"alone", "guided"};
    std::array<double, 2> activation = {0.50, 0.64};
    ByMood mood_if_activated = {0.25, 0.65, 0.10};
    ByMood mood_if_not = {0.05, 0.45, 0.50};
    std::array<ByMood, mood_count> transition = {{{0.75, 0.20, 0.05}, {0.07, 0.85, 0.08}, {0.03, 0.27, 0.70}}};
    ByMood renewal = {0.99, 0.96, 0.65};

    double sessions_per_week = 2.2;
    double session_shape = 6;
    ByMood session_factor = {1.4, 1.0, 0.3};
    double schedules_per_session = 0.8;

    double seat_stop = 0.3;
    std::array<std::int64_t, 2> seat_price_cents = {600, 900};  // starter, team
    ByMood adds_seats = {0.60, 0.06, 0.0};                      // 1 + Poisson(further_seats) of them
    double further_seats = 0.8;
    ByMood tickets = {0.15, 0.20, 0.60};                         // a period; of which kind:
    std::array<double, 3> ticket_severity = {0.55, 0.35, 0.10};  // question, problem, outage
    double answers = 0.15;
    ByMood praises = {0.70, 0.40, 0.08};  // 9 or 10, else uniform from 3 to 8
};

inline constexpr Duration market_year = std::chrono::days(365);
inline constexpr Duration market_period = std::chrono::days(30);
inline constexpr std::int64_t most_market_teams = 1'000'000;

struct MarketSettings {
    std::uint64_t seed = 1;
    std::int64_t customers = 2000;  // 1 .. most_market_teams
    Timestamp ends_at{};            // excluded; in whole seconds, 1971 or later
};

// A share with its truth: of so many trials, so many came true.
struct KnownShare {
    double probability = 0;
    std::int64_t trials = 0;
    std::int64_t successes = 0;
};

struct ArmTruth {
    std::int64_t teams = 0;
    KnownShare activated;      // of teams with 14 days behind them
    KnownShare first_renewal;  // of teams whose first period has ended
};

// How one team really stood at the end.
struct TeamTruth {
    std::string customer;
    Timestamp started_at{};
    std::size_t arm = 0;
    bool is_activated = false;  // meant to publish in time, whether or not the year ended before
    bool is_paying = false;
    Mood mood = Mood::steady;  // of the last period
};

struct MarketTruth {
    std::array<ArmTruth, 2> arms;
    std::array<KnownShare, mood_count> renewals;  // by the mood of the period that ended
    std::vector<TeamTruth> teams;
};

struct Market {
    std::string signals;  // JSON Lines in the order of time, as the source `activity` reads them
    std::int64_t rows = 0;
    MarketTruth truth;
};

Market simulate_market(const MarketModel& model, const MarketSettings& settings);

// The probability of a first renewal in an arm: over publishing in time and the first mood.
double first_renewal_probability(const MarketModel& model, std::size_t arm);

// The bucketing of the pilot: 0 is alone, 1 is guided.
std::size_t market_arm(const std::string& customer);

const char* to_word(Mood mood);

}  // namespace segmentd::daemon
