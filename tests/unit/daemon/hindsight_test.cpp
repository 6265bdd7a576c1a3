#include "daemon/reports/hindsight.hpp"

#include <catch2/catch.hpp>

#include "base/random.hpp"
#include "rules/expression/value_text.hpp"
#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

constexpr std::string_view counting = R"(
feature: orders
signal: purchase
compute: count
---
feature: orders_10d
signal: purchase
compute: count
window: 10d
---
segment: buyers
steward: dana
enter: feature.orders_10d >= 1
)";

daemon::Hindsight look(LivedEngine& lived, std::string_view as_of) {
    auto hindsight = daemon::look_back(lived.engine, lived.reader(), daemon::parse_as_of(as_of, Zone::utc()).value());
    REQUIRE(hindsight.has_value());
    return std::move(*hindsight);
}

// Orders and orders_10d of ada as of that instant, "absent" where she was not known.
std::string orders_of_ada(LivedEngine& lived, std::string_view as_of) {
    auto hindsight = look(lived, as_of);
    const auto index = hindsight.population.find(CustomerId("ada"));
    if (!index) return "absent";
    daemon::Row row;
    hindsight.population.fill_row(hindsight.population.at(*index), hindsight.at, row);
    const auto first = hindsight.population.book().layout.features;
    return std::to_string(row[first].as_integer()) + " " + std::to_string(row[first + 1].as_integer());
}

}  // namespace

TEST_CASE("a date means the end of that day and a time means itself") {
    CHECK(to_text(daemon::parse_as_of("1997-09-30", Zone::utc()).value()) == "1997-09-30T23:59:59.999999Z");
    CHECK(to_text(daemon::parse_as_of("1997-09-30T12:00:00Z", Zone::utc()).value()) == "1997-09-30T12:00:00Z");
    CHECK(to_text(daemon::parse_as_of("1997-09-30", Zone(7'200, {})).value()) == "1997-09-30T21:59:59.999999Z");
    CHECK_FALSE(daemon::parse_as_of("last week", Zone::utc()).has_value());
}

TEST_CASE("hindsight holds the signals up to and at its instant") {
    LivedEngine lived(shop(counting));
    lived.take(purchase("ada", at("2027-01-02T10:00:00Z")));
    lived.take(purchase("ada", at("2027-01-05")));

    CHECK(orders_of_ada(lived, "2027-01-02T09:59:59Z") == "absent");
    CHECK(orders_of_ada(lived, "2027-01-02T10:00:00Z") == "1 1");
    CHECK(orders_of_ada(lived, "2027-01-04") == "1 1");
    CHECK(orders_of_ada(lived, "2027-01-05T00:00:00Z") == "2 2");
}

TEST_CASE("windows in hindsight are those of its instant") {
    LivedEngine lived(shop(counting));
    lived.take(purchase("ada", at("2027-01-02")));
    lived.take(purchase("ada", at("2027-01-09")));

    CHECK(orders_of_ada(lived, "2027-01-11T23:59:59Z") == "2 2");
    CHECK(orders_of_ada(lived, "2027-01-12T00:00:00Z") == "2 1");
    CHECK(orders_of_ada(lived, "2027-01-19T00:00:00Z") == "2 0");
}

TEST_CASE("a signal that came late stands in hindsight at the time it happened") {
    LivedEngine lived(shop(counting));
    lived.take(late(purchase("ada", at("2027-03-01")), at("2027-01-02")));

    CHECK(orders_of_ada(lived, "2027-01-02") == "1 1");
}

TEST_CASE("profiles and consents are those of the instant") {
    LivedEngine lived(shop(counting));
    lived.take(plan_of("ada", at("2027-01-02"), "free"));
    lived.take(consent("ada", at("2027-01-03"), "offers", true));
    lived.take(plan_of("ada", at("2027-01-04"), "pro"));

    const auto hindsight = look(lived, "2027-01-03");
    const auto& ada = hindsight.population.at(*hindsight.population.find(CustomerId("ada")));

    CHECK(hindsight.population.profile_of(ada) == Attributes{{"plan", std::string("free")}});
    CHECK(ada.rest->consent == daemon::Consents{{"offers", true}});
}

TEST_CASE("looking back changes nothing that is live") {
    LivedEngine lived(shop(counting));
    lived.take(purchase("ada", at("2027-01-02")));
    const auto before = lived.state_hash();

    look(lived, "2027-06-01");

    CHECK(lived.state_hash() == before);
    CHECK(lived.is_member("ada", "buyers"));
}

TEST_CASE("walking through the past sees at every step what looking back sees") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        Random random(seed, "shop");
        LivedEngine lived(shop(counting));
        for (int i = 0; i < 200; ++i) {
            const auto customer = "c" + std::to_string(random.below(9));
            const auto when = at("2027-01-01") + std::chrono::hours(9) * i;
            const auto earlier = when - std::chrono::hours(static_cast<int>(random.below(400)));
            auto record = random.below(4) == 0 ? plan_of(customer, when, std::to_string(i)) : purchase(customer, when);
            if (random.below(5) == 0) record.consent["offers"] = random.below(2) == 0;
            lived.take(late(std::move(record), earlier));
        }

        auto walk = daemon::HindsightWalk::begin(lived.engine, lived.reader()).value();

        for (auto instant = at("2027-01-01"); instant < at("2027-04-01"); instant += Days(7)) {
            auto& step = walk.step_to(instant);
            auto look = daemon::look_back(lived.engine, lived.reader(), instant).value();
            REQUIRE(step.population.size() == look.population.size());
            for (std::size_t i = 0; i < look.population.size(); ++i) {
                auto& customer = look.population.at(i);
                auto& other = step.population.at(*step.population.find(customer.id));
                daemon::Row row, other_row;
                look.population.fill_row(customer, instant, row);
                step.population.fill_row(other, instant, other_row);
                for (std::size_t slot = 0; slot < row.size(); ++slot) {
                    REQUIRE(rules::expression::to_json_text(row[slot]) ==
                            rules::expression::to_json_text(other_row[slot]));
                }
            }
        }
    }
}

TEST_CASE("a past that cannot be read is an error") {
    LivedEngine lived(shop(counting));
    lived.past_is_unavailable = true;

    CHECK_FALSE(daemon::look_back(lived.engine, lived.reader(), at("2027-01-02")).has_value());
}

}  // namespace segmentd::tests
