#include "rules/columns/range_test.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <vector>

#include "base/random.hpp"

namespace segmentd::rules {

TEMPLATE_TEST_CASE("a range test with the processor's help gives the plain answer", "", std::int8_t, std::int16_t,
                   std::int32_t, std::int64_t, float, double) {
    Random random(3, "range test");
    std::vector<TestType> codes;
    for (int i = 0; i < 1000; ++i) codes.push_back(static_cast<TestType>(static_cast<int>(random.below(256)) - 128));
    codes[5] = std::numeric_limits<TestType>::max();
    codes[6] = std::numeric_limits<TestType>::lowest();
    if constexpr (std::numeric_limits<TestType>::has_quiet_NaN) codes[7] = std::numeric_limits<TestType>::quiet_NaN();

    for (const std::size_t size : {0UL, 1UL, 63UL, 64UL, 65UL, 640UL, 1000UL}) {
        for (int round = 0; round < 20; ++round) {
            const TestType low = codes[random.below(codes.size())];
            const TestType high = codes[random.below(codes.size())];
            std::vector<std::uint64_t> fast((size + 63) / 64, ~std::uint64_t{0});
            std::vector<std::uint64_t> plain((size + 63) / 64, ~std::uint64_t{0});

            test_range(std::span<const TestType>(codes).first(size), low, high, fast.data());
            test_range_plainly(std::span<const TestType>(codes).first(size), low, high, plain.data());

            CHECK(fast == plain);
        }
    }
}

}  // namespace segmentd::rules
