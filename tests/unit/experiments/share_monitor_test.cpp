#include "experiments/drift/share_monitor.hpp"

#include <catch2/catch.hpp>
#include <cmath>

namespace segmentd::experiments {
namespace {

ShareMonitorSettings five_percent() {
    ShareMonitorSettings settings;
    settings.reference_share = 0.05;
    return settings;
}

ShareMonitorState after(int periods, const ShareObservation& each, ShareMonitorState state) {
    for (int period = 0; period < periods; ++period) state = update(state, each, five_percent());
    return state;
}

TEST_CASE("the budget is shared by all monitors") {
    CHECK(run_length_bound(1.0, 91.0, 500) == Approx(45500.0));
    CHECK(run_length_bound(2.0, 90.0, 1) == Approx(45.0));
}

TEST_CASE("a new monitor has not enough data, and says so without a number that is none") {
    const auto result = report({}, five_percent());

    CHECK(result.verdict == ShareVerdict::not_enough_data);
    CHECK(result.share == Approx(0.0).margin(0));
    CHECK(result.interval.lower == Approx(0.0).margin(0));
    CHECK(result.interval.upper == Approx(1.0));
}

TEST_CASE("a share at its reference is stable after a week") {
    const auto six = after(6, {100, 2000}, {});
    const auto seven = after(1, {100, 2000}, six);

    CHECK(report(six, five_percent()).verdict == ShareVerdict::not_enough_data);
    const auto result = report(seven, five_percent());
    CHECK(result.verdict == ShareVerdict::stable);
    CHECK(result.ratio == Approx(1.0));
    CHECK(result.interval.lower < 0.05);
    CHECK(result.interval.upper > 0.05);
}

TEST_CASE("few customers are never enough to call a share stable in a week") {
    CHECK(report(after(7, {2, 40}, {}), five_percent()).verdict == ShareVerdict::not_enough_data);
}

TEST_CASE("a rise from 5 to 7 percent is found within a week and dated") {
    auto state = after(60, {100, 2000}, {});
    state = after(7, {140, 2000}, state);
    const auto result = report(state, five_percent());

    CHECK(result.verdict == ShareVerdict::drifted);
    CHECK(state.alarm_period > 60);
    CHECK(result.since_period == 61);
    CHECK(result.share == Approx(0.07));
    CHECK(result.ratio == Approx(1.4));
    CHECK(result.interval.lower < 0.07);
    CHECK(result.interval.upper > 0.07);
}

TEST_CASE("a fall is found as a rise is") {
    auto state = after(60, {100, 2000}, {});
    state = after(10, {60, 2000}, state);
    const auto result = report(state, five_percent());

    CHECK(result.verdict == ShareVerdict::drifted);
    CHECK(result.since_period == 61);
    CHECK(result.share == Approx(0.03));
}

TEST_CASE("a change inside the tolerance stays stable for a year of many customers") {
    const auto state = after(365, {104'000, 2'000'000}, {});

    CHECK(report(state, five_percent()).verdict == ShareVerdict::stable);
    CHECK(report(state, five_percent()).ratio == Approx(1.04));
}

TEST_CASE("an alarm stays until somebody starts a new state") {
    auto state = after(60, {100, 2000}, {});
    state = after(10, {140, 2000}, state);
    const auto alarm = state.alarm_period;
    state = after(100, {100, 2000}, state);

    CHECK(state.alarm_period == alarm);
    CHECK(report(state, five_percent()).verdict == ShareVerdict::drifted);
}

TEST_CASE("a period without customers changes nothing") {
    const auto state = after(10, {100, 2000}, {});

    CHECK(update(state, {0, 0}, five_percent()) == state);
}

TEST_CASE("shares near zero and one and impossible surprises stay finite") {
    ShareMonitorSettings settings;
    for (const double share : {1e-6, 0.5, 0.97}) {
        settings.reference_share = share;
        for (const ShareObservation& observation :
             {ShareObservation{0, 1'000'000'000}, {1'000'000'000, 1'000'000'000}}) {
            ShareMonitorState state;
            for (int period = 0; period < 100; ++period) state = update(state, observation, settings);
            const auto result = report(state, settings);
            CHECK(std::isfinite(result.evidence));
            CHECK(std::isfinite(result.share));
            CHECK(result.interval.lower <= result.interval.upper);
            CHECK(std::isfinite(result.noise));
        }
    }
}

}  // namespace
}  // namespace segmentd::experiments
