#include "daemon/simulation/market_pilots.hpp"

#include "experiments/assignment/bucketing.hpp"

namespace segmentd::daemon {
namespace {

constexpr Days tickets_window{28};
constexpr Days problems_window{30};

double days_of(Duration duration) {
    return static_cast<double>(duration.count()) / static_cast<double>(Duration(Days(1)).count());
}

double mean_over(const ByMood& shares, const ByMood& values) {
    double mean = 0;
    for (std::size_t mood = 0; mood < mood_count; ++mood) mean += shares[mood] * values[mood];
    return mean;
}

double upgrade_probability(const MarketModel& model, const TeamAtLimit& team, std::size_t arm);
double expected_problems(const MarketModel& model, const TeamAtLimit& team);

}  // namespace

const std::array<SimulatedPilot, 2>& simulated_pilots() {
    static constexpr std::array<SimulatedPilot, 2> pilots = {{
        {"guided_setup",
         {"alone", "guided"},
         {{{"activated_14d", Days(14), SimulatedCompute::any},
           {"first_renewal_35d", Days(35), SimulatedCompute::any},
           {"tickets_28d", tickets_window, SimulatedCompute::count},
           {"revenue_100d", revenue_window, SimulatedCompute::sum_of_money},
           {"expanded_90d", expanded_window, SimulatedCompute::any}}},
         5},
        {"next_plan_offer",
         {"notice", "offer"},
         {{{"upgraded_30d", Days(30), SimulatedCompute::any},
           {"problems_30d", problems_window, SimulatedCompute::count},
           {"revenue_100d", revenue_window, SimulatedCompute::sum_of_money}}},
         3},
    }};
    return pilots;
}

std::size_t market_arm(std::size_t pilot, const std::string& customer) {
    constexpr std::array<double, 2> weights = {0.5, 0.5};
    return experiments::assign_arm(customer, simulated_pilots()[pilot].name, weights).value_or(0);
}

// Over publishing in time and the first mood; the tickets of a period fall uniformly into its 30 days.
std::array<KnownOutcome, 3> expect_of_setup(const MarketModel& model, const TeamTraits& traits) {
    std::array<KnownOutcome, 3> known;
    for (std::size_t arm = 0; arm < 2; ++arm) {
        const double activated = model.activation[traits.is_small_crew ? 1 : 0][arm];
        ByMood moods{};
        for (std::size_t mood = 0; mood < mood_count; ++mood) {
            moods[mood] = activated * model.mood_if_activated[mood] + (1 - activated) * model.mood_if_not[mood];
        }
        known[0].expected[arm] = activated;
        known[1].expected[arm] = 1 - mean_over(moods, traits.leaving);
        known[2].expected[arm] = mean_over(moods, model.tickets) * days_of(tickets_window) / days_of(market_period);
    }
    return known;
}

std::array<KnownOutcome, 2> expect_of_offer(const MarketModel& model, const TeamAtLimit& team) {
    std::array<KnownOutcome, 2> known;
    for (std::size_t arm = 0; arm < 2; ++arm) {
        known[0].expected[arm] = upgrade_probability(model, team, arm);
        known[1].expected[arm] = expected_problems(model, team);
    }
    return known;
}

EffectTruth effect_of(const MarketTruth& truth, const TruthQuestion& question) {
    EffectTruth known;
    const auto& metric = simulated_pilots()[question.pilot].metrics()[question.metric];
    for (const auto& enrolment : truth.enrolments) {
        if (enrolment.pilot != question.pilot || enrolment.at + metric.window > question.until) continue;
        if (question.group == TruthGroup::small_crews && !enrolment.is_small_crew) continue;
        const auto& outcome = enrolment.outcomes[question.metric];
        ++known.teams[enrolment.arm];
        known.observed[enrolment.arm] += static_cast<double>(outcome.observed);
        for (std::size_t arm = 0; arm < 2; ++arm) known.expected[arm] += outcome.expected[arm];
    }
    const auto units = metric.units_in_one();
    const auto teams = static_cast<double>(known.teams[0] + known.teams[1]);
    for (std::size_t arm = 0; arm < 2; ++arm) {
        if (known.teams[arm] > 0) known.observed[arm] /= static_cast<double>(known.teams[arm]) * units;
        if (teams > 0) known.expected[arm] /= teams * units;
    }
    known.effect = known.expected[1] - known.expected[0];
    return known;
}

namespace {

// A square in the seats, a bell (Cauchy's) in the visits, and their product with ambition; the offer
// wins a share of those who would not have moved.
double upgrade_probability(const MarketModel& model, const TeamAtLimit& team, std::size_t arm) {
    const double nearness = static_cast<double>(team.seats - seats_near_limit + 1) /
                            static_cast<double>(starter_seats - seats_near_limit + 1);
    const double visits = team.traits.sessions_per_week * model.session_factor[static_cast<std::size_t>(team.mood)];
    const double distance = (visits - model.upgrade_best_visits) / model.upgrade_visit_width;
    const double bell = 1 / (1 + distance * distance);
    const double alone = model.upgrade_base + model.upgrade_range * nearness * nearness * bell * team.traits.ambition;
    const double gain = model.offer_gain[team.traits.is_small_crew ? 1 : 0];
    return arm == 0 ? alone : alone + (1 - alone) * gain;
}

// The window ends in the next period, which comes only if the team stays.
double expected_problems(const MarketModel& model, const TeamAtLimit& team) {
    const auto mood = static_cast<std::size_t>(team.mood);
    const double left = days_of(team.period_left) / days_of(market_period);
    const double next = (1 - team.traits.leaving[mood]) * mean_over(model.transition[mood], model.tickets);
    return (1 - model.ticket_severity[0]) * (left * model.tickets[mood] + (1 - left) * next);
}

}  // namespace
}  // namespace segmentd::daemon
