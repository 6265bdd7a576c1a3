// Remission of leukaemia in weeks (Freireich and others 1963), as in Gehan 1965, Biometrika 52, table 1, and in most
// books on survival; medians and log-log intervals as PROC LIFETEST prints them.
#include "experiments/analysis/kaplan_meier.hpp"

#include <catch2/catch.hpp>

namespace segmentd::experiments {
namespace {

std::vector<Lifetime> with_mercaptopurine() {
    std::vector<Lifetime> lifetimes;
    for (const double weeks : {6, 6, 6, 7, 10, 13, 16, 22, 23}) lifetimes.push_back({weeks, true});
    for (const double weeks : {6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35}) lifetimes.push_back({weeks, false});
    return lifetimes;
}

std::vector<Lifetime> with_placebo() {
    std::vector<Lifetime> lifetimes;
    for (const double weeks : {1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23}) {
        lifetimes.push_back({weeks, true});
    }
    return lifetimes;
}

}  // namespace

TEST_CASE("the median remission is that of the published analysis, and its upper end is open") {
    const auto found = median_lifetime(with_mercaptopurine(), 0.05);

    CHECK(found.median == 23.0);
    CHECK(found.lower == 13.0);
    CHECK_FALSE(found.upper);
}

TEST_CASE("where nothing is censored both ends are known") {
    const auto found = median_lifetime(with_placebo(), 0.05);

    CHECK(found.median == 8.0);
    CHECK(found.lower == 4.0);
    CHECK(found.upper == 11.0);
}

TEST_CASE("a median that was not reached is nothing") {
    CHECK_FALSE(median_lifetime({{1, true}, {5, false}, {5, false}}, 0.05).median);
    CHECK_FALSE(median_lifetime({{5, false}}, 0.05).median);
    CHECK_FALSE(median_lifetime({}, 0.05).median);
}

TEST_CASE("half of an even number is the median, whatever the rounding") {
    std::vector<Lifetime> lifetimes;
    for (int day = 1; day <= 998; ++day) lifetimes.push_back({static_cast<double>(day), true});

    CHECK(median_lifetime(lifetimes, 0.05).median == 499.0);
}

TEST_CASE("who is still watched at the time of an end was at risk of it") {
    CHECK(median_lifetime({{3, false}, {3, true}}, 0.05).median == 3.0);
}

TEST_CASE("a single end has a median and no interval") {
    const auto found = median_lifetime({{4, true}}, 0.05);

    CHECK(found.median == 4.0);
    CHECK_FALSE(found.lower);
    CHECK_FALSE(found.upper);
}

}  // namespace segmentd::experiments
