#include <catch2/catch.hpp>

#include "base/random.hpp"
#include "daemon/engine/memberships/memberships.hpp"
#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

constexpr std::string_view tiers = R"(
family: tiers
title: What they are worth
steward: dana
segments: [gold, silver, bronze]
remainder: others
of: profile.plan != 'guest'
---
segment: gold
steward: dana
enter: profile.employees >= 100
stay: profile.employees >= 80
minimum_stay: 10d
---
segment: silver
steward: dana
enter: profile.employees >= 50
stay: profile.employees >= 40
minimum_stay: 20d
leave_at_once: profile.plan == 'cancelled'
---
segment: bronze
steward: dana
enter: profile.employees >= 10
)";

Record team(std::string_view customer, Timestamp when, std::int64_t employees, std::string plan = "pro") {
    return record_of(customer, when, ProfileRecord{{{"employees", employees}, {"plan", std::move(plan)}}});
}

// The tiers in which a customer is, parted by spaces.
std::string tiers_of(const LivedEngine& lived, std::string_view customer) {
    std::string text;
    for (const char* tier : {"gold", "silver", "bronze", "others"}) {
        if (lived.is_member(customer, tier)) text += (text.empty() ? "" : " ") + std::string(tier);
    }
    return text;
}

std::string causes_of(const daemon::Effects& effects) {
    std::string text;
    for (const auto& change : effects.changes) text += change.segment.text + ": " + change.cause + "\n";
    return text;
}

// The slow, obvious way: one customer, asked anew in every hour, with the rules above written out.
enum class Known { no, unknown, yes };

struct Tier {
    std::string name;
    std::int64_t enter = 0;
    std::int64_t stay = 0;
    int minimum_hours = 0;
    bool ends_when_cancelled = false;
};

struct OracleCustomer {
    std::optional<std::int64_t> employees;
    std::optional<std::string> plan;
    std::string tier;
    int since = 0;

    Known population() const { return !plan ? Known::unknown : *plan == "guest" ? Known::no : Known::yes; }
    Known meets(std::int64_t least) const {
        const Known size = !employees ? Known::unknown : *employees < least ? Known::no : Known::yes;
        return std::min(size, population());
    }

    void live(int hour) {
        std::string now;
        for (const auto& one :
             {Tier{"gold", 100, 80, 240, false}, Tier{"silver", 50, 40, 480, true}, Tier{"bronze", 10, 10, 0, false}}) {
            const bool is_over = one.ends_when_cancelled && plan == "cancelled";
            if (!now.empty() || is_over) continue;
            const bool enters = meets(one.enter) == Known::yes && meets(one.stay) != Known::no;
            const bool stays = meets(one.stay) != Known::no || hour < since + one.minimum_hours;
            if (tier == one.name ? stays : enters) now = one.name;
        }
        const auto least = tier == "others" ? Known::unknown : Known::yes;
        if (now.empty() && population() >= least) now = "others";
        if (now != tier) since = hour;
        tier = now;
    }
};

}  // namespace

TEST_CASE("who meets several segments of a family is in the first alone") {
    LivedEngine lived(shop(tiers));

    const auto effects = lived.take(team("ada", at("2027-01-02"), 120));

    CHECK(changes_of(effects) == "ada+gold@2027-01-02T00:00:00Z");
}

TEST_CASE("who is in the population of a family and in none of its segments is in the remainder") {
    LivedEngine lived(shop(tiers));

    lived.take(team("ada", at("2027-01-02"), 3));
    lived.take(team("bob", at("2027-01-02"), 3, "guest"));
    lived.take(visit("eve", at("2027-01-02")));

    CHECK(tiers_of(lived, "ada") == "others");
    CHECK(tiers_of(lived, "bob").empty());
    CHECK(tiers_of(lived, "eve").empty());
}

TEST_CASE("the way up is open at once, whatever the minimum stay of the lower segment says") {
    LivedEngine lived(shop(tiers));
    lived.take(team("ada", at("2027-01-02"), 60));

    const auto effects = lived.take(team("ada", at("2027-01-03"), 100));

    CHECK(changes_of(effects) == "ada-silver@2027-01-03T00:00:00Z ada+gold@2027-01-03T00:00:00Z");
    CHECK(causes_of(effects) ==
          "silver: profile; family tiers: to gold\n"
          "gold: profile; family tiers: from silver\n");
    CHECK(lived.origin("ada", "gold").cause == "profile; family tiers: from silver");
}

TEST_CASE("the way down waits for the minimum stay of the higher segment and is taken in one instant") {
    LivedEngine lived(shop(tiers));
    lived.take(team("ada", at("2027-01-02"), 100));

    const auto held = lived.take(team("ada", at("2027-01-03"), 60));
    const auto moved = lived.take(tick(at("2027-01-12")));

    CHECK(changes_of(held).empty());
    CHECK(changes_of(moved) == "ada-gold@2027-01-12T00:00:00Z ada+silver@2027-01-12T00:00:00Z");
    CHECK(causes_of(moved) ==
          "gold: time; family tiers: to silver\n"
          "silver: time; family tiers: from gold\n");
}

TEST_CASE("stay of the higher segment keeps a member out of the lower one") {
    LivedEngine lived(shop(tiers));
    lived.take(team("ada", at("2027-01-02"), 100));
    lived.take(team("ada", at("2027-01-20"), 85));

    CHECK(tiers_of(lived, "ada") == "gold");
}

TEST_CASE("a family that comes later leaves every customer in one of its segments") {
    const std::string all(tiers);
    const auto without_family = all.substr(all.find("---\n") + 4);
    LivedEngine lived(shop(without_family));
    lived.take(team("ada", at("2027-01-02"), 120));
    lived.take(team("bob", at("2027-01-02"), 1));

    const auto effects = lived.take(definitions(at("2027-01-03"), shop(tiers), "v2"));

    CHECK(tiers_of(lived, "ada") == "gold");
    CHECK(tiers_of(lived, "bob") == "others");
    CHECK(effects.changes.at(0).cause.ends_with("; family tiers: to gold"));
}

TEST_CASE("a question about the past knows one segment of a family at most") {
    LivedEngine lived(shop(tiers));
    lived.take(team("ada", at("2027-01-02"), 120));
    daemon::Row row = lived.engine.row_of(0);

    const auto entered = daemon::entered_segments(lived.engine.population(), row);

    CHECK(entered == std::vector<bool>{false, true, false, false});  // bronze, gold, others, silver
}

TEST_CASE("every customer is where the slow way puts them, at every instant, and never in two") {
    LivedEngine lived(shop(tiers));
    Random random(7, "families");
    const std::vector<std::string> names = {"ada", "bob", "eve", "ian", "una"};
    const std::vector<std::string> plans = {"pro", "pro", "guest", "cancelled"};
    std::map<std::string, OracleCustomer> customers;
    const auto start = at("2027-01-01");
    for (const auto& name : names) lived.take(visit(name, start));

    int hour = 0;
    for (int step = 0; step < 600; ++step) {
        // Timers come first, each at its instant.
        for (const int next = hour + 1 + static_cast<int>(random.next() % 60); hour < next;) {
            ++hour;
            for (auto& [name, customer] : customers) customer.live(hour);
        }
        const auto name = names[random.next() % names.size()];
        auto& customer = customers[name];
        ProfileRecord profile;
        if (random.next() % 2 == 0) {
            customer.employees = static_cast<std::int64_t>(random.next() % 130);
            profile.attributes["employees"] = *customer.employees;
        } else {
            customer.plan = plans[random.next() % plans.size()];
            profile.attributes["plan"] = *customer.plan;
        }
        customer.live(hour);
        lived.take(record_of(name, start + std::chrono::hours(hour), std::move(profile)));

        for (const auto& [id, expected] : customers) {
            INFO(id << " in hour " << hour);
            REQUIRE(tiers_of(lived, id) == expected.tier);
            if (expected.population() == Known::yes) REQUIRE_FALSE(expected.tier.empty());
            if (!expected.tier.empty()) {
                REQUIRE(lived.membership(id, expected.tier)->since == start + std::chrono::hours(expected.since));
            }
        }
    }
}

}  // namespace segmentd::tests
