// Simulated markets whose truth is known: do the intervals of findings cover it as often as they say?
//
// Seeded; the fast form runs a part of the markets and says so, the slow form all of them.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <iostream>
#include <map>

#include "daemon/simulation/market_pilots.hpp"
#include "experiments/pilots/findings.hpp"

namespace segmentd::daemon {
namespace {

constexpr std::uint64_t first_seed = 20261101;
constexpr Duration between_looks = Days(14);
const Timestamp end = *parse_timestamp("2026-11-01");

// A pilot as its workspace file says, with the metrics whose truth is known.
struct PilotUnderTest {
    rules::PilotDefinition definition;
    std::vector<rules::MetricDefinition> metrics;
    std::size_t number = 0;
};

PilotUnderTest pilot_under_test(std::size_t number) {
    const auto& simulated = simulated_pilots()[number];
    PilotUnderTest pilot;
    pilot.number = number;
    for (const auto& metric : simulated.metrics()) {
        rules::MetricDefinition definition;
        definition.id = MetricId(metric.name);
        const std::map<SimulatedCompute, rules::MetricCompute> computes = {
            {SimulatedCompute::any, rules::MetricCompute::any},
            {SimulatedCompute::count, rules::MetricCompute::count},
            {SimulatedCompute::sum_of_money, rules::MetricCompute::sum}};
        definition.compute = computes.at(metric.compute);
        pilot.metrics.push_back(definition);
    }
    rules::ArmDefinition control;
    rules::ArmDefinition treatment;
    control.name = simulated.arms[0];
    control.control = true;
    treatment.name = simulated.arms[1];
    control.weight = treatment.weight = 0.5;
    pilot.definition.arms = {control, treatment};
    pilot.definition.report_by.resize(1);
    pilot.definition.report_by[0].id = SegmentId("small_crews");
    pilot.definition.design.tuned_at = number == guided_setup ? 1000 : 400;
    return pilot;
}

// What the daemon would have found at this instant.
std::vector<experiments::Finding> findings_at(const PilotUnderTest& pilot, const MarketTruth& truth, Timestamp look) {
    experiments::PilotState state(truth_groups.size(), 2, pilot.metrics.size());
    const auto& simulated = simulated_pilots()[pilot.number];
    bool fits = true;
    for (const auto& enrolment : truth.enrolments) {
        if (enrolment.pilot != pilot.number) continue;
        for (std::size_t metric = 0; metric < pilot.metrics.size(); ++metric) {
            if (enrolment.at + simulated.metrics()[metric].window > look) continue;
            const auto observed = enrolment.outcomes[metric].observed;
            fits = fits && state.cell(0, enrolment.arm, metric).add(observed);
            if (enrolment.is_small_crew) fits = fits && state.cell(1, enrolment.arm, metric).add(observed);
        }
    }
    REQUIRE(fits);
    std::vector<experiments::MetricScale> scales;
    for (std::size_t i = 0; i < pilot.metrics.size(); ++i) {
        scales.push_back({&pilot.metrics[i], simulated.metrics()[i].units_in_one()});
    }
    return experiments::findings_of(pilot.definition, state, scales);
}

bool covers(const experiments::Interval& interval, double effect) {
    return interval.lower <= effect && effect <= interval.upper;
}

// How often an interval of one metric in one group left the truth out.
struct Misses {
    int fixed = 0;         // at the end
    int always_valid = 0;  // at any look
};

using MissesByCell = std::map<std::string, Misses>;

void count_misses(const PilotUnderTest& pilot, const MarketTruth& truth, MissesByCell& misses) {
    std::map<std::string, bool> has_missed;
    for (Timestamp look = end - market_year + between_looks; look <= end; look += between_looks) {
        const bool is_last = look + between_looks > end;
        const auto findings = findings_at(pilot, truth, look);
        for (std::size_t i = 0; i < findings.size(); ++i) {
            const auto metric = i % pilot.metrics.size();
            const auto group = truth_groups[i / pilot.metrics.size()];
            const auto& finding = findings[i];
            const auto cell = std::string(simulated_pilots()[pilot.number].name) + ' ' + finding.metric.text +
                              (group == TruthGroup::all ? " all" : " small_crews");
            const double effect = effect_of(truth, {pilot.number, metric, group, look}).effect;
            if (finding.always_valid && !covers(finding.always_valid->interval, effect)) has_missed[cell] = true;
            auto& counted = misses[cell];
            if (is_last && (!finding.fixed || !covers(finding.fixed->interval, effect))) ++counted.fixed;
        }
    }
    for (const auto& [cell, missed] : has_missed) misses[cell].always_valid += missed ? 1 : 0;
}

// Fixed intervals miss as often as they say, both ways, always-valid ones at most: within 3.3 standard
// deviations of a binomial, which one right cell in a thousand leaves.
void check_coverage(int markets, int full, std::int64_t teams) {
    std::cout << "simulated markets: " << markets << " of " << full << " (" << 100 * markets / full
              << " %), seeds from " << first_seed << '\n';
    MissesByCell misses;
    for (int market = 0; market < markets; ++market) {
        const MarketSettings settings{first_seed + static_cast<std::uint64_t>(market), teams, end};
        const auto truth = simulate_market(MarketModel{}, settings).truth;
        for (const auto number : {guided_setup, next_plan_offer}) {
            count_misses(pilot_under_test(number), truth, misses);
        }
    }
    const double expected = 0.05 * markets;
    const double allowed = 3.3 * std::sqrt(expected * 0.95);
    CHECK(misses.size() == 16);
    for (const auto& [cell, counted] : misses) {
        std::cout << "  " << cell << ": missed by " << counted.fixed << " fixed and " << counted.always_valid
                  << " always-valid intervals\n";
        CAPTURE(cell, counted.fixed, counted.always_valid, markets, first_seed);
        CHECK(std::abs(counted.fixed - expected) <= allowed);
        CHECK(counted.always_valid <= expected + allowed);
    }
}

TEST_CASE("intervals of findings cover the truth of simulated pilots as often as they say") {
    check_coverage(25, 500, 1500);
}

TEST_CASE("intervals of findings cover the truth of simulated pilots, full run", "[slow]") {
    check_coverage(500, 500, 1500);
}

TEST_CASE("a finding of a simulated pilot stands on everybody whose window has passed") {
    const auto truth = simulate_market(MarketModel{}, {first_seed, 600, end}).truth;

    const auto findings = findings_at(pilot_under_test(guided_setup), truth, end);

    const auto known = effect_of(truth, {guided_setup, 0, TruthGroup::all, end});
    CHECK(findings[0].untreated.units == known.teams[0]);
    CHECK(findings[0].treated.units == known.teams[1]);
    CHECK(findings[0].difference == Approx(known.observed[1] - known.observed[0]).epsilon(1e-12));
}

}  // namespace
}  // namespace segmentd::daemon
