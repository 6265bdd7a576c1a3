#include "experiments/analysis/adjusted_rand.hpp"

#include <catch2/catch.hpp>
#include <vector>

namespace segmentd::experiments {

TEST_CASE("the worked example of Yeung and Ruzzo has its published index") {
    // "Details of the adjusted Rand index", 2001, a supplement to Bioinformatics 17: three classes each, ten objects.
    const std::vector<SharedCount> counts = {{0, 0, 1}, {0, 1, 1}, {1, 0, 1}, {1, 1, 2}, {1, 2, 1}, {2, 2, 4}};

    CHECK(adjusted_rand(counts).value() == Approx(0.313).margin(0.0005));
}

TEST_CASE("four units of which one changes its class agree by four sevenths") {
    const std::vector<SharedCount> counts = {{0, 0, 2}, {1, 1, 1}, {1, 2, 1}};

    CHECK(adjusted_rand(counts).value() == Approx(4.0 / 7.0).epsilon(1e-12));
}

TEST_CASE("names of classes do not matter") {
    CHECK(adjusted_rand(std::vector<SharedCount>{{0, 5, 3}, {1, 2, 4}}).value() == Approx(1.0));
}

TEST_CASE("one class against classes of one agrees as much as chance") {
    const std::vector<SharedCount> counts = {{0, 0, 1}, {0, 1, 1}, {0, 2, 1}, {0, 3, 1}};

    CHECK(adjusted_rand(counts).value() == Approx(0.0).margin(1e-12));
}

TEST_CASE("divisions without a choice are equal, and fewer than two units say nothing") {
    CHECK(adjusted_rand(std::vector<SharedCount>{{0, 0, 9}}).value() == 1.0);
    CHECK_FALSE(adjusted_rand(std::vector<SharedCount>{{0, 0, 1}}));
    CHECK_FALSE(adjusted_rand({}));
}

}  // namespace segmentd::experiments
