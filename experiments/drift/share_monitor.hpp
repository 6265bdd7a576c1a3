// Watches the share of a segment, period by period, against the share that was approved.
//
// Question: does the share still lie within reference * (1 +- tolerance)? Two one-sided e-detectors
// answer it: Shiryaev-Roberts sums of likelihood-ratio e-processes, mixed over several alternatives
// (Shin, Ramdas and Rinaldo, "E-detectors", 2022). The alarm threshold is the bound on the mean run
// length, so one may look after every period and the mean time to a false alarm is at least that.
//
// Real days are noisier than coin tosses. Each period therefore counts only as many observations as
// its noise allows: evidence is divided by 1 + dependence * total * share/(1-share) * noise^2, where
// noise is the standard deviation of the true share between periods, relative to the share. It is
// estimated from earlier periods only, starting from a declared guess.
//
// Assumptions. Without noise between periods the bound holds exactly. With noise it holds as well as
// the noise is known; the factor `dependence` covers correlation from one period to the next (2 kept
// the budget in simulated years with a first-order autocorrelation of 0.5 and noise up to 0.1).
// Seasons must be smaller than the tolerance. Periods should bring fresh customers (those seen in the
// period): counting the same population again every day repeats one sample, and its chance deviation
// is then taken for evidence again and again. An estimated reference share is taken as it stands: its
// error uses up tolerance.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "experiments/analysis/two_means.hpp"

namespace segmentd::experiments {

struct ShareMonitorSettings {
    double reference_share = 0;  // in (0, 1): the approved share
    double tolerance = 0.1;      // in (0, 1): relative change that does not matter
    double run_length = 45500;   // mean periods between false alarms, at least; see run_length_bound
    double alpha = 0.05;         // of the interval
    double noise_guess = 0.06;   // relative noise between periods before it is known; counts as 14 periods
    double dependence = 2;       // 1 for independent periods
};

// "At most so many false alarms in so many periods, over all monitors together", shared equally.
double run_length_bound(double false_alarms, double periods, std::int64_t monitors);

struct ShareObservation {
    std::int64_t members = 0;  // 0 .. total
    std::int64_t total = 0;    // customers observed in the period; a period of 0 changes nothing
};

// Evidence collected over a span of periods.
struct ShareSpan {
    std::int64_t first_period = 1;  // counted from 1
    std::int64_t periods = 0;
    std::int64_t members = 0;
    std::int64_t total = 0;
    double effective_members = 0;  // after division by the noise of each period
    double effective_total = 0;
    bool operator==(const ShareSpan&) const = default;
};

inline constexpr std::size_t share_alternatives = 6;

// All that is remembered. Plain values: a new state is ShareMonitorState{}.
struct ShareMonitorState {
    ShareSpan all;             // every period
    ShareSpan since_rise;      // since a rise most likely began
    ShareSpan since_fall;      // since a fall most likely began
    double rise_evidence = 0;  // logarithms, never below zero
    double fall_evidence = 0;
    std::array<double, share_alternatives> rise{};  // Shiryaev-Roberts sums, one an alternative
    std::array<double, share_alternatives> fall{};
    double mean_share = 0;          // plain mean of the periods' shares
    double excess_variance = 0;     // sum of relative variance beyond coin tosses
    std::int64_t alarm_period = 0;  // first period above the threshold; 0 while there is none
    bool operator==(const ShareMonitorState&) const = default;
};

// The state after one more period. Needs 0 <= members <= total. An alarm stays until the caller
// starts a new state, for example after a review.
ShareMonitorState update(const ShareMonitorState& state, const ShareObservation& observation,
                         const ShareMonitorSettings& settings);

enum class ShareVerdict { stable, drifted, not_enough_data };

struct ShareReport {
    ShareVerdict verdict = ShareVerdict::not_enough_data;
    double share = 0;               // since the change where drifted, else over all periods; 0 without data
    double ratio = 0;               // share / reference
    Interval interval;              // of that share, time-uniform at 1 - alpha; [0, 1] without data
    std::int64_t since_period = 0;  // first period of the span that share and interval speak of
    double evidence = 0;            // Shiryaev-Roberts sum; an alarm is at run_length or above
    double noise = 0;               // estimated relative noise between periods
};

// not_enough_data: fewer than 7 periods, or the share is not known within half of the reference.
// The interval since a change allows for the choice of its first period k, at level alpha 6/(pi k)^2.
ShareReport report(const ShareMonitorState& state, const ShareMonitorSettings& settings);

const char* to_word(ShareVerdict verdict);

}  // namespace segmentd::experiments
