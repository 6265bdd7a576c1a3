// Simulated years without a difference or a change: how often do we cry wolf?
//
// Seeded; the fast form runs a part of the repetitions and says so, the slow form all of them.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <tuple>

#include "base/random.hpp"
#include "experiments/analysis/confidence_sequence.hpp"
#include "experiments/drift/share_monitor.hpp"

namespace segmentd::experiments {
namespace {

constexpr std::uint64_t seed = 20240503;

void announce(const char* what, int runs, int full) {
    std::cout << what << ": " << runs << " of " << full << " runs (" << 100 * runs / full << " %), seed " << seed
              << '\n';
}

struct RunningArm {
    std::int64_t units = 0;
    std::int64_t events = 0;

    ArmSummary summary() const {
        const double count = static_cast<double>(units);
        const double mean = static_cast<double>(events) / count;
        return {units, mean, mean * (1.0 - mean) * count / (count - 1.0)};
    }
};

// Share of A/A tests at a 5 % conversion rate that exclude no difference at one of 20 looks.
double false_positive_rate(int runs) {
    Random random(seed, "always valid");
    const SequenceDesign design{0.05, 5000, true, 0.0};
    int alarms = 0;
    for (int run = 0; run < runs; ++run) {
        RunningArm control;
        RunningArm treatment;
        bool has_alarmed = false;
        for (int look = 0; look < 20; ++look) {
            for (RunningArm* arm : {&control, &treatment}) {
                arm->units += 250;
                arm->events += random.binomial(250, 0.05);
            }
            const auto result = compare_always_valid(control.summary(), treatment.summary(), design);
            has_alarmed = has_alarmed || (result && (result->interval.lower > 0.0 || result->interval.upper < 0.0));
        }
        alarms += has_alarmed ? 1 : 0;
    }
    return static_cast<double>(alarms) / runs;
}

// What makes the days of a segment noisier than coin tosses.
struct Days {
    std::int64_t customers = 2000;
    double noise = 0;            // standard deviation of the day's share, relative
    double autocorrelation = 0;  // of the noise from day to day
    double season = 0;           // amplitude of a weekly season, relative
};

class Segment {
  public:
    Segment(const Days& days, std::uint64_t stream) : days_(days), random_(seed + stream, "segment") {
        swing_ = random_.normal();
    }

    ShareObservation next_day(double share) {
        const double fresh = std::sqrt(1.0 - days_.autocorrelation * days_.autocorrelation);
        swing_ = days_.autocorrelation * swing_ + fresh * random_.normal();
        const double season = days_.season * std::sin(2.0 * 3.141592653589793 * static_cast<double>(++day_) / 7.0);
        const double today = share * (1.0 + days_.noise * swing_) * (1.0 + season);
        return {random_.binomial(days_.customers, std::max(today, 0.0)), days_.customers};
    }

  private:
    Days days_;
    Random random_;
    double swing_ = 0;
    std::int64_t day_ = 0;
};

ShareMonitorSettings settings_of_test() {
    ShareMonitorSettings settings;
    settings.reference_share = 0.05;
    settings.run_length = 3650;  // ten years
    return settings;
}

int false_alarms(const Days& days, int years) {
    const auto settings = settings_of_test();
    int alarms = 0;
    for (int year = 0; year < years; ++year) {
        Segment segment(days, static_cast<std::uint64_t>(year));
        ShareMonitorState state;
        for (int day = 0; day < 365; ++day) {
            state = update(state, segment.next_day(0.05), settings);
            if (state.alarm_period == 0) continue;
            ++alarms;
            state = {};
        }
    }
    return alarms;
}

// The budget is a tenth of an alarm a year for every kind of days.
void check_budget(int years, int full) {
    announce("share monitor without change", years, full);
    const double allowed = 0.1 * years;
    for (const std::int64_t customers : {200, 2000, 20'000, 2'000'000}) {
        for (const double noise : {0.0, 0.03, 0.06, 0.10}) {
            for (const double autocorrelation : {0.0, 0.5}) {
                const Days days{customers, noise, autocorrelation, 0.05};
                const int alarms = false_alarms(days, years);
                CAPTURE(customers, noise, autocorrelation, alarms, seed);
                CHECK(alarms <= allowed);
            }
        }
    }
}

TEST_CASE("always-valid intervals of two equal arms rarely exclude zero at any of 20 looks") {
    announce("A/A tests", 500, 10'000);
    const double rate = false_positive_rate(500);
    std::cout << "false positives at a nominal 5 %: " << 100.0 * rate << " %\n";
    CHECK(rate < 0.04);
}

TEST_CASE("always-valid intervals of two equal arms rarely exclude zero, full run", "[slow]") {
    announce("A/A tests", 10'000, 10'000);
    CHECK(false_positive_rate(10'000) < 0.035);
}

TEST_CASE("the share monitor keeps its false-alarm budget on noisy, seasonal and correlated days") {
    check_budget(20, 400);
}

TEST_CASE("the share monitor keeps its false-alarm budget, full run", "[slow]") {
    check_budget(400, 400);
}

// Median and 95 % point of the days until a rise from 5 to 7 percent after 100 days is found.
TEST_CASE("a rise from 5 to 7 percent at 2,000 customers a day is found within days") {
    const auto settings = settings_of_test();
    const Days quiet{2000, 0.0, 0.0, 0.0};
    const Days noisy{2000, 0.06, 0.0, 0.0};
    for (const auto& [days, median, most] : {std::tuple(quiet, 3, 7), std::tuple(noisy, 5, 14)}) {
        int within_median = 0;
        int within_most = 0;
        for (std::uint64_t run = 0; run < 200; ++run) {
            Segment segment(days, run);
            ShareMonitorState state;
            for (int day = 0; day < 100; ++day) state = update(state, segment.next_day(0.05), settings);
            REQUIRE(state.alarm_period == 0);
            for (int day = 0; day < most; ++day) state = update(state, segment.next_day(0.07), settings);
            within_median += state.alarm_period > 0 && state.alarm_period <= 100 + median ? 1 : 0;
            within_most += state.alarm_period > 0 ? 1 : 0;
        }
        CAPTURE(days.noise, seed);
        CHECK(within_median >= 100);
        CHECK(within_most >= 190);
    }
}

}  // namespace
}  // namespace segmentd::experiments
