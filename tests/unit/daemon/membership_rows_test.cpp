#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <map>

#include "base/random.hpp"
#include "daemon/engine/population/membership.hpp"

namespace segmentd::tests {
namespace {

using daemon::Membership;
using daemon::Memberships;

// What stands in a plain map, and its copy of the values.
struct Known {
    Membership membership;
    std::string values;
};

void check(const Memberships& memberships, const std::map<std::uint32_t, Known>& known, std::uint32_t segments) {
    auto expected = known.begin();
    for (const auto found : memberships) {
        REQUIRE(expected != known.end());
        const auto& [membership, values] = expected->second;
        REQUIRE(found.segment == membership.segment);
        REQUIRE(found.since == membership.since);
        REQUIRE(found.origin == membership.origin);
        REQUIRE(found.greeted == membership.greeted);
        REQUIRE(found.unknown == membership.unknown);
        REQUIRE(found.values == values);
        ++expected;
    }
    REQUIRE(expected == known.end());
    REQUIRE(memberships.empty() == known.empty());
    for (std::uint32_t segment = 0; segment < segments; ++segment) {
        REQUIRE(memberships.has(segment) == known.contains(segment));
        REQUIRE(memberships[segment].has_value() == known.contains(segment));
    }
}

}  // namespace

TEST_CASE("memberships are those of a plain map, whatever was put in and taken out") {
    Random random(11, "memberships");
    constexpr std::uint32_t segments = 300;
    for (int round = 0; round < 20; ++round) {
        Memberships memberships;
        std::map<std::uint32_t, Known> known;
        for (int step = 0; step < 60; ++step) {
            const auto segment = static_cast<std::uint32_t>(random.below(round % 2 == 0 ? 8 : segments));
            if (random.below(3) == 0) {
                memberships.remove(segment);
                known.erase(segment);
            } else {
                auto& [membership, values] = known[segment];
                values = std::string(random.below(200), static_cast<char>(random.below(256)));
                membership = {segment,
                              from_microseconds(static_cast<std::int64_t>(random.below(4'000'000'000'000'000))),
                              static_cast<std::uint32_t>(random.below(1'000'000)),
                              values,
                              static_cast<std::uint32_t>(random.below(2) * random.below(4'000'000'000)),
                              random.below(2) == 0};
                memberships.put(membership);
            }
            check(memberships, known, segments);
        }
        const Memberships copy = memberships;
        memberships = Memberships();
        check(copy, known, segments);
        check(memberships, {}, segments);
    }
}

TEST_CASE("a membership is changed by putting what was read out") {
    Memberships memberships;
    memberships.put({4, from_microseconds(100), 7, "values", 0, false});
    memberships.put({2, from_microseconds(90), 8, "others", 0, true});

    auto read = memberships[4].value();
    read.greeted = 99;
    memberships.put(read);

    CHECK(memberships[4]->greeted == 99);
    CHECK(memberships[4]->values == "values");
    CHECK(memberships[4]->since == from_microseconds(100));
    CHECK(memberships[2]->values == "others");
}

TEST_CASE("an origin has one number for as long as it is known") {
    daemon::Origins origins;

    const auto first = origins.keep({"signal purchase", "v1", "s1", "profile.plan\n"});
    const auto other = origins.keep({"time", "v1", "s1", "profile.plan\n"});

    CHECK(first != other);
    CHECK(origins.keep({"signal purchase", "v1", "s1", "profile.plan\n"}) == first);
    CHECK(origins[first].cause == "signal purchase");
    CHECK(origins[other].cause == "time");
}

}  // namespace segmentd::tests
