// The pilots of the demo in the simulated market: who gets which arm, what each arm does, and the true
// effects that findings should lie around.
#pragma once

#include <array>
#include <span>
#include <string>

#include "daemon/simulation/market.hpp"

namespace segmentd::daemon {

// How a metric counts; money is kept in cents and told in euros.
enum class SimulatedCompute { any, count, sum_of_money };

// The windows are those of the workspace.
struct SimulatedMetric {
    const char* name;
    Duration window;
    SimulatedCompute compute;

    double units_in_one() const { return compute == SimulatedCompute::sum_of_money ? 100 : 1; }
};

inline constexpr Duration revenue_window = Days(100);
inline constexpr Duration expanded_window = Days(90);

struct SimulatedPilot {
    const char* name;
    std::array<const char*, 2> arms;  // control first
    std::array<SimulatedMetric, 5> all_metrics;
    std::size_t metric_count;

    std::span<const SimulatedMetric> metrics() const { return std::span(all_metrics).first(metric_count); }
};

inline constexpr std::size_t guided_setup = 0, next_plan_offer = 1;
const std::array<SimulatedPilot, 2>& simulated_pilots();

// The arm that segmentd gives: bucketing by the pilot's name with equal weights.
std::size_t market_arm(std::size_t pilot, const std::string& customer);

// Whether a team publishes in time, renews its first period, and its tickets of the first 28 days: the metrics whose
// expectation the model gives in closed form. market_futures.hpp has the others.
std::array<KnownOutcome, 3> expect_of_setup(const MarketModel& model, const TeamTraits& traits);

// A team at the limit of its plan.
struct TeamAtLimit {
    TeamTraits traits;
    Mood mood = Mood::steady;
    std::int64_t seats = 0;   // seats_near_limit .. starter_seats
    Duration period_left{0};  // until the next payment
};

// Whether it moves to the plan team, and its problems of the next 30 days (on which the offer does nothing).
std::array<KnownOutcome, 2> expect_of_offer(const MarketModel& model, const TeamAtLimit& team);

enum class TruthGroup { all, small_crews };
inline constexpr std::array<TruthGroup, 2> truth_groups = {TruthGroup::all, TruthGroup::small_crews};

struct TruthQuestion {
    std::size_t pilot = 0;
    std::size_t metric = 0;
    TruthGroup group = TruthGroup::all;
    Timestamp until{};
};

// The effect is the mean of expected[1] - expected[0] over every team of the group whose window has
// passed at `until` (that instant included), whichever arm it got: no outcome enters it.
struct EffectTruth {
    std::array<std::int64_t, 2> teams{};  // by arm
    ByArm expected{};                     // means over all of them
    ByArm observed{};                     // means over those in the arm
    double effect = 0;
};

EffectTruth effect_of(const MarketTruth& truth, const TruthQuestion& question);

}  // namespace segmentd::daemon
