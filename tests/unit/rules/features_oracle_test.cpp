// The incremental feature against the brute-force oracle: random signals (late, out of order, tied
// in time), random windows, and questions at every border, one microsecond before and after it.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>

#include "tests/unit/rules/features_oracle.hpp"

namespace segmentd::tests {
namespace {

using rules::Aggregate;
using rules::FeaturePlan;

constexpr std::array all_aggregates = {Aggregate::count, Aggregate::sum,      Aggregate::mean,
                                       Aggregate::min,   Aggregate::max,      Aggregate::first,
                                       Aggregate::last,  Aggregate::distinct, Aggregate::recency};

enum class ValueKind { money, number, integer, boolean, text, time };

struct Scenario {
    ValueKind kind = ValueKind::money;
    Duration window{0};
    std::vector<KnownSignal> signals;  // in the order in which they became known
    std::vector<Timestamp> instants;   // questions, ascending
};

Attribute random_value(Random& random, ValueKind kind) {
    const auto small = static_cast<std::int64_t>(random.below(7)) - 3;
    switch (kind) {
        case ValueKind::money: return MinorUnits{small * 1999};
        case ValueKind::number: return 0.1 + 0.1 * static_cast<double>(small);
        case ValueKind::integer: return small;
        case ValueKind::boolean: return random.bernoulli(0.5);
        case ValueKind::text: return std::string(static_cast<std::size_t>(small + 3), 'x');
        case ValueKind::time: return from_microseconds(small);
    }
    return false;
}

// A coarse grid makes ties and signals that stand exactly on a window's border.
Scenario random_scenario(Random& random) {
    constexpr std::array grids = {Duration(1), Duration(3'600'000'000), Duration(86'400'000'000)};
    Scenario scenario;
    scenario.kind = static_cast<ValueKind>(random.below(6));
    const auto grid = grids[random.below(grids.size())];
    scenario.window = grid * (1 + static_cast<std::int64_t>(random.below(12)));
    auto now = parse_timestamp("2027-03-01").value();
    const auto signals = 1 + random.below(25);
    for (std::uint64_t sequence = 1; sequence <= signals; ++sequence) {
        now += grid * static_cast<std::int64_t>(random.below(4));
        const bool is_late = random.bernoulli(0.4);
        const auto at = is_late ? now - grid * static_cast<std::int64_t>(random.below(16)) : now;
        scenario.signals.push_back({{at, sequence, random_value(random, scenario.kind)}, now});
    }
    for (const auto& signal : scenario.signals) {
        const auto day = Days(1 + random.below(5));
        for (const auto border : {Timestamp(signal.known_at), Timestamp(signal.input.at + scenario.window),
                                  Timestamp(signal.input.at + day)}) {
            for (const int step : {-1, 0, 1}) scenario.instants.push_back(border + Duration(step));
        }
    }
    std::sort(scenario.instants.begin(), scenario.instants.end());
    return scenario;
}

bool can_add_up(ValueKind kind) {
    return kind != ValueKind::text && kind != ValueKind::time;
}

std::vector<FeaturePlan> plans_of(const Scenario& scenario) {
    std::vector<FeaturePlan> plans;
    for (const auto compute : all_aggregates) {
        const bool adds_up = compute == Aggregate::sum || compute == Aggregate::mean;
        if (adds_up && !can_add_up(scenario.kind)) continue;
        const int digits = scenario.kind == ValueKind::money ? 2 : -1;
        plans.push_back({compute, std::nullopt, digits});
        plans.push_back({compute, scenario.window, digits});
    }
    return plans;
}

// Nothing changes before valid_until, whatever instant one looks at.
bool holds_until(const FeaturePlan& plan, const std::vector<KnownSignal>& known, Timestamp now, Timestamp until) {
    const auto value = feature_by_oracle(plan, known, now);
    if (until == never) return is_same(value, feature_by_oracle(plan, known, now + Days(4000)));
    return until > now && is_same(value, feature_by_oracle(plan, known, until - Duration(1))) &&
           is_same(value, feature_by_oracle(plan, known, now + (until - now) / 2));
}

struct Tally {
    std::size_t instants = 0;
    std::size_t wrong_values = 0;
    std::size_t wrong_ends = 0;
};

void play(const Scenario& scenario, const FeaturePlan& plan, Tally& tally) {
    rules::FeatureState state;
    std::vector<KnownSignal> known;
    for (const auto now : scenario.instants) {
        while (known.size() < scenario.signals.size() && scenario.signals[known.size()].known_at <= now) {
            known.push_back(scenario.signals[known.size()]);
            state.add(plan, known.back().input, known.back().known_at);
        }
        state.advance(plan, now);
        ++tally.instants;
        tally.wrong_values += is_same(state.value(plan, now), feature_by_oracle(plan, known, now)) ? 0 : 1;
        tally.wrong_ends += holds_until(plan, known, now, state.valid_until(plan, now)) ? 0 : 1;
    }
}

// SEGMENTD_SEED repeats one scenario.
std::uint64_t first_seed() {
    const char* set = std::getenv("SEGMENTD_SEED");
    return set != nullptr ? std::strtoull(set, nullptr, 10) : 1;
}

std::size_t compare_with_oracle(std::uint64_t scenarios) {
    std::size_t instants = 0;
    const auto first = first_seed();
    for (auto seed = first; seed < first + scenarios; ++seed) {
        Random random(seed, "features against the oracle");
        const auto scenario = random_scenario(random);
        for (const auto& plan : plans_of(scenario)) {
            Tally tally;
            play(scenario, plan, tally);
            INFO("seed " << seed << ", " << to_word(plan.compute) << (plan.window ? " with" : " without")
                         << " a window; repeat: SEGMENTD_SEED=" << seed << " test_rules \"*oracle*\"");
            CHECK(tally.wrong_values == 0);
            CHECK(tally.wrong_ends == 0);
            instants += tally.instants;
        }
    }
    std::cout << "features against the oracle: " << scenarios << " scenarios, " << instants << " instants\n";
    return instants;
}

}  // namespace

TEST_CASE("every aggregate equals the oracle at, just before and just after each border") {
    const auto instants = compare_with_oracle(40);

    CHECK(instants > 2'000);
}

TEST_CASE("every aggregate equals the oracle over thousands of scenarios", "[slow]") {
    const auto instants = compare_with_oracle(4'000);

    CHECK(instants > 1'000'000);
}

}  // namespace segmentd::tests
