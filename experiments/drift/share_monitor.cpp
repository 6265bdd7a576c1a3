#include "experiments/drift/share_monitor.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "experiments/analysis/confidence_sequence.hpp"

namespace segmentd::experiments {
namespace {

constexpr std::int64_t fewest_periods = 7;  // a verdict of stable needs a week of them
constexpr double guess_periods = 14.0;      // what the declared noise weighs against estimated noise
constexpr double least_noise = 0.01;        // no share is steadier than this between periods
constexpr double largest_sum = 1e100;       // far above every threshold
constexpr std::array<double, share_alternatives> rise_ratios{1.05, 1.1, 1.2, 1.35, 1.6, 2.2};
constexpr std::array<double, share_alternatives> fall_ratios{0.95, 0.9, 0.84, 0.77, 0.66, 0.5};
constexpr std::size_t middle_alternative = 2;  // the one that dates a change

// One side of the question: the worst share that is still tolerated, and shares beyond it.
struct Side {
    double border = 0;
    std::array<double, share_alternatives> alternatives{};
};

Side rise_side(const ShareMonitorSettings& settings);
Side fall_side(const ShareMonitorSettings& settings);
double noise_variance(const ShareMonitorState& state, const ShareMonitorSettings& settings);
double noise_divisor(const ShareMonitorState& state, double total, const ShareMonitorSettings& settings);
double log_likelihood_ratio(const ShareObservation& observation, double border, double alternative);
void learn_noise(ShareMonitorState& state, const ShareObservation& observation, const ShareMonitorSettings& settings);
void add_period(ShareSpan& span, const ShareObservation& observation, double divisor);
double detector_sum(const ShareMonitorState& state);
Interval interval_of(const ShareSpan& span, const ShareMonitorSettings& settings, double alpha);

}  // namespace

double run_length_bound(double false_alarms, double periods, std::int64_t monitors) {
    return periods * static_cast<double>(std::max<std::int64_t>(monitors, 1)) / false_alarms;
}

ShareMonitorState update(const ShareMonitorState& state, const ShareObservation& observation,
                         const ShareMonitorSettings& settings) {
    assert(observation.members >= 0 && observation.members <= observation.total && "members are part of the total");
    if (observation.total <= 0) return state;
    ShareMonitorState next = state;
    const double divisor = noise_divisor(state, static_cast<double>(observation.total), settings);
    add_period(next.all, observation, divisor);
    learn_noise(next, observation, settings);
    const auto advance = [&](const Side& side, auto& sums, ShareSpan& since, double& evidence) {
        for (std::size_t k = 0; k < share_alternatives; ++k) {
            const double ratio = log_likelihood_ratio(observation, side.border, side.alternatives[k]) / divisor;
            sums[k] = std::min((sums[k] + 1.0) * std::exp(std::min(ratio, 200.0)), largest_sum);
            if (k == middle_alternative) evidence = std::max(evidence + ratio, 0.0);
        }
        if (evidence > 0.0 && since.periods == 0) since.first_period = next.all.periods;
        if (evidence > 0.0) {
            add_period(since, observation, divisor);
        } else {
            since = ShareSpan{};
        }
    };
    advance(rise_side(settings), next.rise, next.since_rise, next.rise_evidence);
    advance(fall_side(settings), next.fall, next.since_fall, next.fall_evidence);
    if (next.alarm_period == 0 && detector_sum(next) >= settings.run_length) next.alarm_period = next.all.periods;
    return next;
}

ShareReport report(const ShareMonitorState& state, const ShareMonitorSettings& settings) {
    ShareReport result;
    result.interval = {0.0, 1.0};
    result.evidence = detector_sum(state);
    result.noise = std::sqrt(noise_variance(state, settings));
    const auto describe = [&](const ShareSpan& span, double alpha) {
        result.share = span.effective_members / span.effective_total;
        result.ratio = result.share / settings.reference_share;
        result.since_period = span.first_period;
        result.interval = interval_of(span, settings, alpha);
    };
    if (state.all.periods == 0) return result;
    describe(state.all, settings.alpha);
    const double half_width = 0.5 * (result.interval.upper - result.interval.lower);
    const bool is_known = state.all.periods >= fewest_periods && half_width <= 0.5 * settings.reference_share;
    if (state.alarm_period == 0) {
        result.verdict = is_known ? ShareVerdict::stable : ShareVerdict::not_enough_data;
        return result;
    }
    result.verdict = ShareVerdict::drifted;
    const ShareSpan& change = state.rise_evidence >= state.fall_evidence ? state.since_rise : state.since_fall;
    if (change.periods > 0) {
        const double first = static_cast<double>(change.first_period);
        describe(change, settings.alpha * 6.0 / (9.869604401089358 * first * first));
    }
    return result;
}

const char* to_word(ShareVerdict verdict) {
    switch (verdict) {
        case ShareVerdict::stable: return "stable";
        case ShareVerdict::drifted: return "drifted";
        case ShareVerdict::not_enough_data: return "not_enough_data";
    }
    return "";
}

namespace {

// Alternatives of large shares are mirrored: the share of the others shrinks by the ratio.
Side rise_side(const ShareMonitorSettings& settings) {
    Side side;
    side.border = std::min(settings.reference_share * (1.0 + settings.tolerance), 1.0 - 1e-9);
    for (std::size_t k = 0; k < share_alternatives; ++k) {
        side.alternatives[k] = std::min(side.border * rise_ratios[k], 1.0 - (1.0 - side.border) * fall_ratios[k]);
    }
    return side;
}

Side fall_side(const ShareMonitorSettings& settings) {
    Side side;
    side.border = settings.reference_share * (1.0 - settings.tolerance);
    for (std::size_t k = 0; k < share_alternatives; ++k) side.alternatives[k] = side.border * fall_ratios[k];
    return side;
}

double noise_variance(const ShareMonitorState& state, const ShareMonitorSettings& settings) {
    const double guess = settings.noise_guess * settings.noise_guess;
    const double periods = static_cast<double>(std::max<std::int64_t>(state.all.periods - 1, 0));
    const double estimate = (guess_periods * guess + state.excess_variance) / (guess_periods + periods);
    return std::max(estimate, least_noise * least_noise);
}

double noise_divisor(const ShareMonitorState& state, double total, const ShareMonitorSettings& settings) {
    const double odds = settings.reference_share / (1.0 - settings.reference_share);
    return 1.0 + settings.dependence * total * odds * noise_variance(state, settings);
}

double log_likelihood_ratio(const ShareObservation& observation, double border, double alternative) {
    const double members = static_cast<double>(observation.members);
    const double others = static_cast<double>(observation.total - observation.members);
    return members * std::log(alternative / border) + others * std::log((1.0 - alternative) / (1.0 - border));
}

// Squared distance from the mean so far, less what coin tosses explain; one period counts at most
// as two standard deviations, so that a jump does not hide itself.
void learn_noise(ShareMonitorState& state, const ShareObservation& observation, const ShareMonitorSettings& settings) {
    const double periods = static_cast<double>(state.all.periods);
    const double total = static_cast<double>(observation.total);
    const double share = static_cast<double>(observation.members) / total;
    const double reference = settings.reference_share;
    const double tosses = (1.0 - reference) / (reference * total);
    if (state.all.periods > 1) {
        const double distance = (share - state.mean_share) / reference;
        const double square = distance * distance * (periods - 1.0) / periods;
        const double most = 4.0 * (noise_variance(state, settings) + tosses);
        state.excess_variance += std::min(square, most) - tosses;
    }
    state.mean_share += (share - state.mean_share) / periods;
}

void add_period(ShareSpan& span, const ShareObservation& observation, double divisor) {
    span.periods += 1;
    span.members += observation.members;
    span.total += observation.total;
    span.effective_members += static_cast<double>(observation.members) / divisor;
    span.effective_total += static_cast<double>(observation.total) / divisor;
}

// Both sides share the budget: the mean of the two has the run length of one.
double detector_sum(const ShareMonitorState& state) {
    double sum = 0.0;
    for (std::size_t k = 0; k < share_alternatives; ++k) sum += state.rise[k] + state.fall[k];
    return sum / (2.0 * static_cast<double>(share_alternatives));
}

// Narrowest where the tolerance begins to be visible. One member and one other are added before the
// variance is taken, so that it is never zero.
Interval interval_of(const ShareSpan& span, const ShareMonitorSettings& settings, double alpha) {
    const double share = span.effective_members / span.effective_total;
    const double safe = (span.effective_members + 1.0) / (span.effective_total + 2.0);
    const double tolerated = settings.reference_share * settings.tolerance;
    const double reference_variance = settings.reference_share * (1.0 - settings.reference_share);
    const double rho = tuned_rho_approximate(alpha, 10.0 * reference_variance / (tolerated * tolerated));
    const RunningMean mean{span.effective_total, safe * (1.0 - safe), share};
    const double half_width = sequence_half_width(mean, rho, alpha);
    return {std::max(share - half_width, 0.0), std::min(share + half_width, 1.0)};
}

}  // namespace
}  // namespace segmentd::experiments
