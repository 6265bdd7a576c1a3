#include "daemon/engine/population/profile_columns.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "base/random.hpp"

namespace segmentd::tests {
namespace {

using daemon::ProfileColumns;
using rules::expression::Value;

constexpr Timestamp noon{std::chrono::sys_days(std::chrono::year(2027) / 1 / 2) + std::chrono::hours(12)};

Attribute any_attribute(Random& random) {
    switch (random.below(8)) {
        case 0: return "text " + std::to_string(random.below(9));
        case 1: return static_cast<double>(random.below(1'000)) / 100.0;
        case 2: return -1.0 / static_cast<double>(1 + random.below(1'000));
        case 3: return static_cast<std::int64_t>(random.below(1'000'000'000'000));
        case 4: return random.bernoulli(0.5);
        case 5: return MinorUnits{static_cast<std::int64_t>(random.below(500'000))};
        case 6: return noon + Duration(random.below(1'000'000'000));
        default: return std::string();
    }
}

}  // namespace

TEST_CASE("an attribute is given back as it came, whatever types it came in") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Random random(seed, "profile columns");
        ProfileColumns profiles;
        std::vector<Attributes> expected(40);
        for (int i = 0; i < 2'000; ++i) {
            const auto customer = static_cast<std::uint32_t>(random.below(expected.size()));
            const auto name = "attribute " + std::to_string(random.below(5));
            const auto value = any_attribute(random);
            profiles.set(customer, name, value);
            expected[customer].insert_or_assign(name, value);
        }

        INFO("seed " << seed);
        for (std::uint32_t customer = 0; customer < expected.size(); ++customer) {
            REQUIRE(profiles.of(customer) == expected[customer]);
        }
    }
}

TEST_CASE("a copy of profiles does not change with the original") {
    ProfileColumns profiles;
    profiles.set(0, "plan", std::string("free"));
    profiles.set(1, "plan", std::string("pro"));

    const auto copy = profiles;
    profiles.set(0, "plan", std::string("team"));
    profiles.set(2, "plan", std::string("free"));

    CHECK(copy.of(0) == Attributes{{"plan", std::string("free")}});
    CHECK(copy.of(2).empty());
    CHECK(profiles.of(0) == Attributes{{"plan", std::string("team")}});
}

TEST_CASE("conditions read money in major units and a zero without a sign") {
    ProfileColumns profiles;
    const auto balance = profiles.number_of("balance");
    const auto change = profiles.number_of("change");
    profiles.set(3, "balance", MinorUnits{1250});
    profiles.set(3, "change", -0.0);

    CHECK(profiles.value(balance, 3, 2).as_real() == Approx(12.5));
    CHECK(!std::signbit(profiles.value(change, 3, 2).as_real()));
    CHECK(profiles.value(balance, 2, 2).is_missing());
    CHECK(profiles.value(balance, 4, 2).is_missing());
}

}  // namespace segmentd::tests
