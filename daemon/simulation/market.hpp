// A made-up year of Fernway: signals as a file, and the truth behind them. See market_model.hpp.
//
// Instants are whole seconds. A row that would arrive at or after `ends_at` is left out. Draws come
// from base/random only and no libm is used, so equal settings give equal bytes on every machine; more
// teams never change the life of another.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "daemon/simulation/market_model.hpp"

namespace segmentd::daemon {

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

// What no signal tells of a team.
struct TeamTraits {
    bool is_small_crew = false;
    double sessions_per_week = 0;
    ByMood leaving{};
    double ambition = 0;
    Channel channel = Channel::email;
};

// How one team really stood at the end.
struct TeamTruth {
    std::string customer;
    Timestamp started_at{};
    TeamTraits traits;
    bool is_activated = false;  // meant to publish in time, whether or not the year ended before
    bool is_paying = false;
    bool has_upgraded = false;
    bool agrees_to_tips = false;
    Mood mood = Mood::steady;  // of the last period
};

// A metric of an enrolled team: what the model expects under each arm given what is true of the team
// at that instant, and what came under the arm that it got.
struct KnownOutcome {
    ByArm expected{};
    std::int64_t observed = 0;
};

struct KnownEnrolment {
    std::size_t pilot = 0;  // of simulated_pilots()
    std::size_t arm = 0;    // 0 is control
    Timestamp at{};
    bool is_small_crew = false;
    std::vector<KnownOutcome> outcomes;  // as the pilot's metrics
};

// Why a broken row is refused: the reasons that the daemon gives.
inline constexpr std::array<const char*, 6> broken_reasons = {"missing_property", "wrong_type", "out_of_range",
                                                              "not_allowed",      "bad_time",   "no_customer"};

struct MarketTruth {
    std::array<KnownShare, mood_count> first_renewals;  // by the mood of the first period
    std::vector<KnownEnrolment> enrolments;
    std::vector<TeamTruth> teams;
    std::array<std::int64_t, broken_reasons.size()> broken{};  // rows
    std::int64_t late = 0;                                     // rows that came after others of a later time
    std::int64_t not_arrived = 0;                              // late rows that had not come by the end
    std::int64_t tips_given = 0;                               // after the start
    std::int64_t tips_withdrawn = 0;
};

struct Market {
    std::string signals;  // JSON Lines in the order of arrival, as the source `activity` reads them
    std::int64_t rows = 0;
    MarketTruth truth;
};

Market simulate_market(const MarketModel& model, const MarketSettings& settings);

}  // namespace segmentd::daemon
