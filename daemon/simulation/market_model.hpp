// What is true of the made-up market of Fernway, the company of config/workspaces/demo.
//
// A team's life runs in billing periods of 30 days and is drawn from its own random stream:
//
//   start    within the 365 days before the end, ever more of them (the density rises from zero).
//   seats    2 + geometric(seat_stop), at most 60. Starter holds 10 seats; who begins with more is on team.
//            A team that begins with at most 4 seats is a small crew, for ever.
//   traits   hidden and different for each team: sessions a week are gamma(session_shape) with mean
//            sessions_per_week; the probability of leaving after a period is, for each mood, a beta with
//            mean leaving[mood] and leaving_weight as its two parameters' sum; ambition is a beta; one
//            channel is preferred. Gamma rates with beta drop-out are the mixture of BG/NBD (Fader,
//            Hardie and Lee 2005); text packs follow it to the letter while the team stays.
//   publish  with the probability activation[crew][arm] of the pilot guided_setup the team publishes its
//            first schedule uniformly within (0 h, 13 days]; otherwise not before day 14.
//   mood     growing, steady or fading, hidden, one a period: the first by whether the team published in
//            time, the later ones by `transition`.
//   visits   Poisson with the team's rate times session_factor[mood], thinned by weekday and month.
//   seats    a growing team asks for more; on starter never for more than 10. Paid from the next period.
//   limit    once in its life a starter team with 7 paid seats and 2 added in 90 days stands near its
//            limit. It is enrolled in the pilot next_plan_offer at that instant and moves to the plan
//            team in the same period or never by choice. How likely that is rises with the square of
//            the seats, with ambition, and has its peak at a middling number of visits: no line fits it.
//   others   tickets, answers to the survey, messages sent and answered, consent given and withdrawn.
//
// Rows may come late (visits without network) and broken (each with the reason it is refused for).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/timestamp.hpp"

namespace segmentd::daemon {

enum class Mood : std::size_t { growing, steady, fading };
inline constexpr std::size_t mood_count = 3;
using ByMood = std::array<double, mood_count>;  // in the order of Mood
using ByArm = std::array<double, 2>;            // control, treatment
using ByCrew = std::array<ByArm, 2>;            // larger teams, small crews

enum class Channel : std::size_t { email, phone, in_app };
inline constexpr std::size_t channel_count = 3;

struct MarketModel {
    ByCrew activation = {{{0.54, 0.60}, {0.44, 0.68}}};
    ByMood mood_if_activated = {0.25, 0.65, 0.10};
    ByMood mood_if_not = {0.05, 0.45, 0.50};
    std::array<ByMood, mood_count> transition = {{{0.75, 0.20, 0.05}, {0.07, 0.85, 0.08}, {0.03, 0.27, 0.70}}};
    ByMood leaving = {0.01, 0.04, 0.35};
    double leaving_weight = 8;

    double sessions_per_week = 2.2;
    double session_shape = 4;
    ByMood session_factor = {1.4, 1.0, 0.3};
    double schedules_per_session = 0.8;
    std::array<double, 7> weekday = {1.15, 1.10, 1.05, 1.10, 1.25, 0.75, 0.60};  // from Monday; mean 1
    std::array<double, 12> month = {0.95, 0.95, 1.00, 1.05, 1.05, 1.00,          // from January; mean 1
                                    0.85, 0.85, 1.05, 1.05, 1.05, 1.15};

    double seat_stop = 0.3;
    std::array<std::int64_t, 2> seat_price_cents = {600, 900};  // starter, team
    ByMood adds_seats = {0.65, 0.10, 0.0};                      // 1 + Poisson(further_seats) of them
    double further_seats = 0.8;

    std::array<double, 2> ambition = {2, 2};  // beta
    double upgrade_base = 0.05;
    double upgrade_range = 0.80;
    double upgrade_best_visits = 3.0;  // a week
    double upgrade_visit_width = 1.2;
    std::array<double, 2> offer_gain = {0.06, 0.30};  // of those who would stay: larger teams, small crews

    double buys_packs = 0.5;
    double pack_shape = 0.8;
    double packs_per_week = 0.25;
    std::array<double, 2> pack_stop = {1.0, 5.0};  // beta: the habit ends after a repeat purchase
    std::int64_t pack_price_cents = 900;

    ByMood tickets = {0.15, 0.20, 0.60};                         // a period; of which kind:
    std::array<double, 3> ticket_severity = {0.55, 0.35, 0.10};  // question, problem, outage
    double answers = 0.15;
    ByMood praises = {0.70, 0.40, 0.08};  // 9 or 10, else uniform from 3 to 8

    std::array<double, channel_count> prefers = {0.50, 0.20, 0.30};
    double messages = 0.6;                                 // a period, by any channel alike
    std::array<double, 2> answers_message = {0.08, 0.45};  // by another channel, by the preferred one
    double agrees_to_tips = 0.7;                           // at the start
    ByMood withdraws_tips = {0.005, 0.015, 0.06};          // a period
    double agrees_later = 0.03;                            // a period
    double late_visits = 0.03, late_hours = 20;            // 1 hour and an exponential, at most 7 days
    double broken_rows = 0.02;                             // a period
};

inline constexpr Duration market_year = std::chrono::days(365);
inline constexpr Duration market_period = std::chrono::days(30);
inline constexpr std::int64_t most_market_teams = 1'000'000;
inline constexpr std::int64_t starter_seats = 10;
inline constexpr std::int64_t most_seats = 60;
inline constexpr std::int64_t small_crew_seats = 4;
inline constexpr std::int64_t seats_near_limit = 7;
inline constexpr std::int64_t added_near_limit = 2;

const char* to_word(Mood mood);
const char* to_word(Channel channel);

}  // namespace segmentd::daemon
