#include "experiments/analysis/group_differences.hpp"

#include <catch2/catch.hpp>

namespace segmentd::experiments {
namespace {

// So many of n did it.
ArmSummary share(std::int64_t n, std::int64_t did) {
    const auto units = static_cast<double>(n);
    const double mean = static_cast<double>(did) / units;
    return {n, mean, mean * (1 - mean) * units / (units - 1)};
}

TEST_CASE("Holm multiplies the smallest p by their number and keeps the order") {
    const std::vector<double> p = {0.04, 0.01, 0.03};

    const auto adjusted = holm_adjusted(p);

    CHECK(adjusted[1] == Approx(0.03));
    CHECK(adjusted[2] == Approx(0.06));
    CHECK(adjusted[0] == Approx(0.06));  // 1 * 0.04 may not come below the one before it
}

TEST_CASE("an adjusted p is never above one") {
    const std::vector<double> p = {0.6, 0.9};

    CHECK(holm_adjusted(p) == std::vector<double>{1.0, 1.0});
    CHECK(holm_adjusted({}).empty());
}

TEST_CASE("40 of 100 against 20 of 100 is a difference of 20 points") {
    const std::vector<GroupPair> pairs = {{share(100, 40), share(100, 20)}};

    const auto found = compare_groups(pairs, 0.05).front();

    // se = sqrt(0.24 / 99 + 0.16 / 99) = 0.0635642; t = 3.14642 on 190.98 degrees of freedom
    CHECK(found.difference == Approx(0.2));
    CHECK(found.interval.lower == Approx(0.07462).margin(1e-4));
    CHECK(found.interval.upper == Approx(0.32538).margin(1e-4));
    CHECK(found.p == Approx(0.00192).margin(1e-4));
    CHECK(found.verdict == Verdict::different);
}

TEST_CASE("what differs alone may not differ among many") {
    const GroupPair nothing{share(100, 30), share(100, 30)};
    const GroupPair weak{share(100, 43), share(100, 29)};  // p = 0.039

    const std::vector<GroupPair> alone = {weak};
    const std::vector<GroupPair> together = {weak, nothing};

    CHECK(compare_groups(alone, 0.05)[0].verdict == Verdict::different);
    CHECK(compare_groups(together, 0.05)[0].verdict == Verdict::no_measurable_difference);
    CHECK(compare_groups(together, 0.05)[0].p_adjusted == Approx(2 * compare_groups(alone, 0.05)[0].p));
}

TEST_CASE("fewer than thirty units on a side are not enough and do not count among the comparisons") {
    const GroupPair small{share(29, 20), share(1000, 10)};
    const GroupPair enough{share(100, 40), share(100, 20)};
    const std::vector<GroupPair> pairs = {small, enough};

    const auto found = compare_groups(pairs, 0.05);

    CHECK(found[0].verdict == Verdict::not_enough_data);
    CHECK(found[1].p_adjusted == found[1].p);
}

TEST_CASE("an outcome that nobody had says nothing, one that parts the groups fully says all") {
    const std::vector<GroupPair> pairs = {{share(40, 0), share(60, 0)}, {share(40, 40), share(60, 0)}};

    const auto found = compare_groups(pairs, 0.05);

    CHECK(found[0].verdict == Verdict::not_enough_data);
    CHECK(found[1].verdict == Verdict::different);
    CHECK(found[1].interval.lower == Approx(1.0));
}

}  // namespace
}  // namespace segmentd::experiments
