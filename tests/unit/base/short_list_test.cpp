#include "base/short_list.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "base/random.hpp"

namespace segmentd::tests {

TEST_CASE("a short list is as a vector") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Random random(seed, "short list");
        ShortList<std::string> list;
        std::vector<std::string> expected;
        for (int i = 0; i < 500; ++i) {
            const auto place = static_cast<std::ptrdiff_t>(random.below(expected.size() + 1));
            const auto text = std::to_string(random.below(1'000'000'000'000'000)) + std::string(random.below(20), 'x');
            if (random.below(3) != 0) {
                list.insert(list.begin() + place, text);
                expected.insert(expected.begin() + place, text);
            } else if (place < std::ssize(expected)) {
                const auto count = static_cast<std::ptrdiff_t>(random.below(3));
                const auto end = std::min(place + count, std::ssize(expected));
                list.erase(list.begin() + place, list.begin() + end);
                expected.erase(expected.begin() + place, expected.begin() + end);
            }

            INFO("seed " << seed);
            REQUIRE(list.empty() == expected.empty());
            REQUIRE(std::vector<std::string>(list.begin(), list.end()) == expected);
        }
    }
}

TEST_CASE("a part of a short list of numbers gives way to others") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Random random(seed, "parts");
        ShortList<int> list;
        std::vector<int> expected;
        for (int i = 0; i < 500; ++i) {
            const auto first = static_cast<std::ptrdiff_t>(random.below(expected.size() + 1));
            const auto last = first + static_cast<std::ptrdiff_t>(random.below(expected.size() - first + 1));
            const std::vector<int> others(random.below(10), i);
            list.replace(list.begin() + first, list.begin() + last, others);
            expected.erase(expected.begin() + first, expected.begin() + last);
            expected.insert(expected.begin() + first, others.begin(), others.end());

            INFO("seed " << seed);
            REQUIRE(std::vector<int>(list.begin(), list.end()) == expected);
        }
    }
}

TEST_CASE("a copy of a short list is independent, and a moved one is empty") {
    ShortList<std::string> list;
    list.push_back("a text that is too long to lie within a string");

    auto copy = list;
    copy[0] += ", changed";
    const auto moved = std::move(list);
    list = copy;

    CHECK(moved[0] == "a text that is too long to lie within a string");
    CHECK(list[0] == "a text that is too long to lie within a string, changed");
    CHECK(ShortList<std::string>().size() == 0);
}

}  // namespace segmentd::tests
