#include "base/exact_sum.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace segmentd {
namespace {

ExactSum sum_of(const std::vector<std::int64_t>& outcomes) {
    ExactSum sum;
    for (const auto outcome : outcomes) REQUIRE(sum.add(outcome));
    return sum;
}

TEST_CASE("outcomes become units of 2^-20 rounded half to even") {
    CHECK(*to_units(1.0) == 1048576);
    CHECK(*to_units(-2.5) == -2621440);
    CHECK(*to_units(0.5 / 1048576.0) == 0);
    CHECK(*to_units(1.5 / 1048576.0) == 2);
    CHECK(*to_units(2.5 / 1048576.0) == 2);
    CHECK(*to_units(-0.5 / 1048576.0) == 0);
    CHECK(*to_units(-1.5 / 1048576.0) == -2);
    CHECK(*to_units(-2.75 / 1048576.0) == -3);
}

TEST_CASE("an outcome that is not finite or does not fit is refused") {
    CHECK(to_units(std::nan("")).error().code == ErrorCode::invalid);
    CHECK(to_units(std::numeric_limits<double>::infinity()).error().code == ErrorCode::invalid);
    CHECK(to_units(0x1p43).error().code == ErrorCode::limit);
    CHECK(*to_units(-0x1p42) == -(std::int64_t{1} << 62));
}

TEST_CASE("mean and variance of a few cents are those of the textbook") {
    const auto sum = sum_of({200, 400, 400, 400, 500, 500, 700, 900});

    CHECK(sum.count() == 8);
    CHECK(sum.sum(100.0) == Approx(40.0).epsilon(1e-15));
    CHECK(sum.mean(100.0) == Approx(5.0).epsilon(1e-15));
    CHECK(sum.variance(100.0) == Approx(32.0 / 7.0).epsilon(1e-15));
}

TEST_CASE("the variance keeps its digits where the mean is a billion times the spread") {
    const std::int64_t far = 4'000'000'000'000'000'000;
    const auto sum = sum_of({far, far + 1, far + 2});

    CHECK(sum.variance(1.0) == Approx(1.0).epsilon(1e-15));
}

TEST_CASE("nothing and a single outcome have no variance") {
    CHECK(ExactSum().mean(1.0) == Approx(0.0));
    CHECK(ExactSum().variance(1.0) == Approx(0.0));
    CHECK(sum_of({7}).variance(1.0) == Approx(0.0));
}

TEST_CASE("an outcome that was never added cannot be removed") {
    ExactSum sum = sum_of({3});

    CHECK_FALSE(sum.remove(4));
    CHECK(sum == sum_of({3}));
    CHECK(sum.remove(3));
    CHECK(sum == ExactSum());
    CHECK_FALSE(sum.remove(0));
}

TEST_CASE("a sum that would overflow is left as it was") {
    const std::int64_t most = std::numeric_limits<std::int64_t>::max();
    ExactSum sum = sum_of({most});
    int additions = 0;
    while (additions < 10 && sum.add(most)) ++additions;

    CHECK(additions == 1);
    CHECK(sum.to_text() == "2 18446744073709551614 170141183460469231694793815568465002498");
    CHECK_FALSE(sum.merge(sum));
    CHECK(sum.count() == 2);
}

TEST_CASE("the canonical text reads back, and nothing else does") {
    const auto sum = sum_of({-5, 2});

    CHECK(sum.to_text() == "2 -3 29");
    CHECK(*ExactSum::from_text("2 -3 29") == sum);
    for (const char* text : {"", "2 -3", "2 -3 29 ", "2 -3 029", "2 +3 29", "-1 0 0", "0 1 1", "2 9 29", "2 3 x",
                             "1 0 170141183460469231731687303715884105728"}) {
        CAPTURE(text);
        CHECK(ExactSum::from_text(text).error().code == ErrorCode::corrupt);
    }
}

TEST_CASE("order, grouping and removal do not matter") {
    CHECK(rc::check([](std::vector<std::int32_t> outcomes, std::vector<std::int32_t> passing) {
        ExactSum forward;
        ExactSum backward;
        ExactSum other;
        for (const auto outcome : passing) RC_ASSERT(forward.add(outcome));
        for (const auto outcome : outcomes) RC_ASSERT(forward.add(outcome));
        for (const auto outcome : passing) RC_ASSERT(forward.remove(outcome));
        for (std::size_t i = outcomes.size(); i-- > 0;) RC_ASSERT((i % 2 == 0 ? other : backward).add(outcomes[i]));
        RC_ASSERT(backward.merge(other));

        RC_ASSERT(forward == backward);
        RC_ASSERT(*ExactSum::from_text(forward.to_text()) == forward);
    }));
}

}  // namespace
}  // namespace segmentd
