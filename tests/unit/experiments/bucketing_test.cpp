#include "experiments/assignment/bucketing.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace segmentd::experiments {
namespace {

TEST_CASE("FNV-1a gives its published values") {
    CHECK(fnv1a_32("") == 0x811c9dc5u);
    CHECK(fnv1a_32("a") == 0xe40c292cu);
    CHECK(fnv1a_32("foobar") == 0xbf9cf968u);
}

TEST_CASE("the hash of both versions is that of the SDKs") {
    CHECK(*hash_to_unit("b", "a", 1) == Approx(0.946).epsilon(1e-15));
    CHECK(*hash_to_unit("seed", "a", 2) == Approx(0.0505).epsilon(1e-15));
    CHECK(*hash_to_unit("seed", "b", 2) == Approx(0.2696).epsilon(1e-15));
    CHECK_FALSE(hash_to_unit("abc", "def", 99));
}

TEST_CASE("ranges start where the weights say and end by the coverage") {
    const std::array<double, 3> weights{0.2, 0.3, 0.5};

    const auto ranges = bucket_ranges(3, 0.2, weights);

    REQUIRE(ranges.size() == 3);
    CHECK(ranges[1].from == Approx(0.2));
    CHECK(ranges[1].to == Approx(0.26));
    CHECK(ranges[2].to == Approx(0.6));
}

TEST_CASE("weights that are no weights are replaced by equal ones") {
    const std::array<double, 2> too_small{0.4, 0.1};

    CHECK(bucket_ranges(2, 1.0, too_small) == std::vector<BucketRange>{{0.0, 0.5}, {0.5, 1.0}});
    CHECK(bucket_ranges(2, 1.5, {}) == std::vector<BucketRange>{{0.0, 0.5}, {0.5, 1.0}});
    CHECK(bucket_ranges(0, 1.0, {}).empty());
}

TEST_CASE("a range includes its start and excludes its end") {
    const std::array<BucketRange, 2> ranges{{{0.0, 0.25}, {0.5, 0.75}}};

    CHECK(choose_variation(0.0, ranges) == 0u);
    CHECK_FALSE(choose_variation(0.25, ranges));
    CHECK(choose_variation(0.5, ranges) == 1u);
    CHECK_FALSE(choose_variation(0.75, ranges));
}

TEST_CASE("arms get customers by their weights") {
    const std::array<double, 3> weights{0.2, 0.3, 0.5};
    std::array<int, 3> counts{};
    for (int customer = 0; customer < 10'000; ++customer) {
        ++counts[*assign_arm("customer-" + std::to_string(customer), "annual_offer", weights)];
    }

    CHECK(counts[0] == Approx(2000).margin(200));
    CHECK(counts[1] == Approx(3000).margin(230));
    CHECK(counts[2] == Approx(5000).margin(250));
    CHECK_FALSE(assign_arm("customer-1", "annual_offer", {}));
}

TEST_CASE("another seed assigns independently") {
    const std::array<double, 2> halves{0.5, 0.5};
    int same = 0;
    for (int customer = 0; customer < 10'000; ++customer) {
        const std::string id = "customer-" + std::to_string(customer);
        same += assign_arm(id, "first", halves) == assign_arm(id, "second", halves) ? 1 : 0;
    }

    CHECK(same == Approx(5000).margin(250));
}

}  // namespace
}  // namespace segmentd::experiments
