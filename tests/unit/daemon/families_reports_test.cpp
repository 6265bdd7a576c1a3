// What plans, explanations and looks back say about families.
#include <algorithm>

#include "base/random.hpp"
#include "daemon/engine/memberships/memberships.hpp"
#include "daemon/planning/plan.hpp"
#include "daemon/reports/explain_segment.hpp"
#include "daemon/reports/hindsight.hpp"
#include "daemon/reports/reports.hpp"
#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

namespace json = boost::json;

constexpr std::string_view segments = R"(
segment: gold
steward: dana
enter: profile.employees >= 100
stay: profile.employees >= 80
---
segment: silver
steward: dana
enter: profile.employees >= 50
minimum_stay: 20d
---
segment: recent
steward: dana
enter: feature.orders_30d >= 1
---
segment: pro
steward: dana
enter: profile.plan == 'pro'
---
feature: orders_30d
signal: purchase
compute: count
window: 30d
)";

Files shop_with(std::string_view family) {
    return shop(std::string(segments) + (family.empty() ? "" : "---\n") + std::string(family));
}

constexpr const char* tiers = "family: tiers\nsteward: dana\nsegments: [gold, silver]\nremainder: others\n";
constexpr const char* reversed = "family: tiers\nsteward: dana\nsegments: [silver, gold]\nremainder: others\n";
constexpr const char* of_pro =
    "family: tiers\nsteward: dana\nsegments: [recent, gold, silver]\nremainder: rest\nof: profile.plan == 'pro'\n";

Record team(std::string_view customer, Timestamp when, std::int64_t employees, std::string plan = "pro") {
    return record_of(customer, when, ProfileRecord{{{"employees", employees}, {"plan", std::move(plan)}}});
}

Files files_of(const LivedEngine& lived) {
    Files files;
    for (const auto& record : lived.journal) {
        if (const auto* taken = std::get_if<WorkspaceRecord>(&record.payload)) files = taken->files;
    }
    return files;
}

json::object planned(LivedEngine& lived, Timestamp when, const Files& files) {
    const auto start = daemon::begin_plan(lived.engine, files_of(lived));
    const auto effects = lived.take(definitions(when, files, "v2"));
    return daemon::make_plan(start, {lived.engine, files, effects});
}

json::object explained(const LivedEngine& lived, const char* customer, const char* segment) {
    return daemon::explain_segment_report(lived.engine, CustomerId(customer), SegmentId(segment)).value();
}

std::vector<std::string> family_segments_of(const daemon::Population& population, const std::vector<bool>& is_in) {
    std::vector<std::string> found;
    const auto& all = population.book().definitions.segments;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (is_in[i] && !all[i].family.empty()) found.push_back(all[i].id.text);
    }
    return found;
}

// The segments of families in which the customer is now, and those in which they would be if met anew.
std::size_t most_of_family(const LivedEngine& lived, const std::string& id) {
    const auto& population = lived.engine.population();
    const auto index = *population.find(CustomerId(id));
    std::vector<bool> is_in(population.book().segments.size());
    for (const auto membership : population.at(index).memberships) is_in[membership.segment] = true;
    auto row = lived.engine.row_of(index);
    const auto anew = daemon::entered_segments(population, row);
    return std::max(family_segments_of(population, is_in).size(), family_segments_of(population, anew).size());
}

}  // namespace

TEST_CASE("a plan counts a move within a family once, apart from what else the customer enters and leaves") {
    LivedEngine lived(shop_with(reversed));
    lived.take(team("ada", at("2027-01-02"), 120));
    lived.take(team("bob", at("2027-01-02"), 60));
    lived.take(team("eve", at("2027-01-02"), 3));
    auto files = shop_with(tiers);
    auto& rules = files.at("rules/rules.yaml");
    rules.replace(rules.find("profile.plan == 'pro'"), 21, "profile.plan == 'max'");

    const auto plan = planned(lived, at("2027-02-02"), files);

    CHECK(json::serialize(plan.at("migration")) ==
          R"([{"from":"pro","to":null,"customers":3},{"from":"silver","to":"gold","customers":1}])");
}

TEST_CASE("a plan tells of the segments that a changed family changes") {
    LivedEngine lived(shop_with(tiers));
    lived.take(team("ada", at("2027-01-02"), 3, "free"));

    const auto plan = planned(lived, at("2027-01-03"), shop_with(of_pro));

    std::string rows;
    for (const auto& row : plan.at("segments").as_array()) {
        rows += std::string(row.at("segment").as_string()) + ' ' + std::string(row.at("change").as_string()) + '\n';
    }
    CHECK(rows == "gold changed\nothers removed\nrecent changed\nrest added\nsilver changed\n");
    CHECK(json::serialize(plan.at("migration")) == R"([{"from":"others","to":null,"customers":1}])");
}

TEST_CASE("a plan expects those to go whom time alone moves up") {
    const std::string ages =
        "feature: days\nsignal: purchase\ncompute: recency\n---\n"
        "family: habits\nsteward: dana\nsegments: [quiet, active]\n---\n"
        "segment: quiet\nsteward: dana\nenter: feature.days >= 30\n---\n"
        "segment: active\nsteward: dana\nenter: feature.days >= 0\n";
    LivedEngine lived(shop(ages));
    lived.take(purchase("ada", at("2027-01-02")));
    lived.take(purchase("bob", at("2027-01-20")));

    const auto plan = planned(lived, at("2027-01-28"), shop(ages + "minimum_stay: 1d\n"));

    const auto& active = plan.at("segments").as_array().at(0);
    CHECK(active.at("segment") == "active");
    CHECK(active.at("expected_churn_per_week") == 0.5);
}

TEST_CASE("an explanation names the segment of the family that keeps a customer out, and what would change that") {
    LivedEngine lived(shop_with(tiers));
    lived.take(team("ada", at("2027-01-02"), 120));

    const auto silver = explained(lived, "ada", "silver");

    CHECK(silver.at("member") == false);
    CHECK(silver.at("family") == "tiers");
    CHECK(silver.at("kept_out_by") == "gold");
    CHECK(silver.at("conditions").as_array().back() ==
          json::parse(R"({"key":"family","condition":"!segment.gold","result":"false",)"
                      R"("parts":[{"text":"segment.gold","value":true}]})"));
    CHECK(silver.at("smallest_change") == json::parse(R"({"input":"profile.employees","from":120,"to":79})"));
}

TEST_CASE("nobody is kept out by a family whom a line of the segment keeps out") {
    LivedEngine lived(shop_with(of_pro));
    lived.take(team("ada", at("2027-01-02"), 3));
    lived.take(purchase("ada", at("2027-01-03")));

    const auto gold = explained(lived, "ada", "gold");

    CHECK(gold.at("kept_out_by").is_null());
    CHECK(gold.at("smallest_change").is_null());
    CHECK(explained(lived, "ada", "recent").at("next_change").at("at") == "2027-02-02T00:00:00Z");
    CHECK(explained(lived, "ada", "rest").at("next_change") ==
          json::parse(R"({"at":"2027-02-02T00:00:00Z","in":"30d","becomes":"member"})"));
}

TEST_CASE("an explanation of the remainder looks behind the segments that it reads") {
    LivedEngine lived(shop_with(tiers));
    lived.take(team("ada", at("2027-01-02"), 52));
    lived.take(tick(at("2027-02-02")));

    const auto others = explained(lived, "ada", "others");

    CHECK(others.at("smallest_change") == json::parse(R"({"input":"profile.employees","from":52,"to":49})"));
}

TEST_CASE("a look back puts a customer into the first segment of a family, as it was then") {
    LivedEngine lived(shop_with(tiers));
    lived.take(team("ada", at("2027-01-02"), 120));
    lived.take(team("ada", at("2027-01-05"), 60));

    const auto sizes = [&](std::string_view day) {
        auto hindsight =
            daemon::look_back(lived.engine, lived.reader(), daemon::parse_as_of(day, Zone::utc()).value()).value();
        std::string text;
        const auto report = daemon::segments_report(hindsight);
        for (const auto& row : report.as_array()) {
            if (row.at("family") == "tiers") text += json::serialize(row.at("size")) + ' ';
        }
        return text;
    };

    CHECK(sizes("2027-01-03") == "1 0 0 ");  // gold, others, silver
    CHECK(sizes("2027-01-06") == "0 0 1 ");
}

TEST_CASE("whatever definitions come, nobody is ever in two segments of a family, and a replay finds the same") {
    LivedEngine lived(shop_with({}));
    Random random(11, "definitions");
    const std::vector<std::string> families = {"", tiers, reversed, of_pro};
    const std::vector<std::string> names = {"ada", "bob", "eve", "ian"};
    std::map<std::string, int> balance;  // entries minus leaves, by customer and segment
    const auto note = [&](const daemon::Effects& effects) {
        for (const auto& change : effects.changes) {
            auto& count = balance[change.customer.text + ' ' + change.segment.text];
            count += change.entered ? 1 : -1;
            REQUIRE((count == 0 || count == 1));
        }
    };

    for (int day = 1; day <= 300; ++day) {
        const auto now = at("2027-01-01") + Days(day);
        const auto name = names[random.next() % names.size()];
        const auto kind = random.next() % 10;
        if (kind == 0) {
            note(lived.take(definitions(now, shop_with(families[random.next() % 4]), std::to_string(day))));
        } else if (kind < 4) {
            note(lived.take(purchase(name, now)));
        } else {
            note(lived.take(team(name, now, static_cast<std::int64_t>(random.next() % 130),
                                 random.next() % 3 == 0 ? "max" : "pro")));
        }
        for (const auto& id : names) {
            if (!lived.engine.population().find(CustomerId(id))) continue;
            INFO(id << " on day " << day);
            REQUIRE(most_of_family(lived, id) <= 1);
        }
    }
    daemon::Engine again(lived.reader());
    for (const auto& record : lived.journal) REQUIRE(again.apply(record).has_value());
    CHECK(to_hex(again.state_hash()) == lived.state_hash());
}

}  // namespace segmentd::tests
