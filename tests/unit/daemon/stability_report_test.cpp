// The report of a segment's stability, and the bootstrap of its models.
#include "daemon/stability/stability_report.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "daemon/engine/ledger/ledger.hpp"
#include "daemon/modelling/fit.hpp"
#include "daemon/stability/bootstrap.hpp"
#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

namespace json = boost::json;

constexpr std::string_view rules = R"(
feature: orders
signal: purchase
compute: count
---
feature: orders_lately
signal: purchase
compute: count
window: 10d
---
model: eager
type: logistic
features: [orders]
target: {condition: feature.orders >= 3, within: 7d}
scores: {eager: {output: probability}}
---
segment: active
steward: dana
enter: feature.orders_lately >= 1
---
segment: quiet
steward: dana
enter: [feature.orders >= 1, feature.orders_lately == 0]
---
segment: likely
steward: dana
enter: score.eager >= 0.5
)";

// An engine with the ledger that it would have.
struct Shop {
    LivedEngine lived{shop(rules)};
    std::vector<LedgerEntry> ledger;

    void take(const Record& record) {
        auto numbered = record;
        numbered.sequence = lived.engine.records() + 1;
        const auto effects = lived.take(record);
        for (auto& entry : daemon::ledger_entries(numbered, effects)) ledger.push_back(std::move(entry));
    }

    Result<json::object> report(std::string_view segment, const std::string& from = {}, const std::string& to = {},
                                const std::string& refresh = {}) {
        const auto start =
            daemon::begin_stability(lived.engine, {SegmentId(segment), from, to, refresh, lived.engine.engine_time()});
        if (!start) return fail(start.error());
        return daemon::stability_report(**start, lived.reader(), [&](const daemon::LedgerVisitor& visit) {
            for (const auto& entry : ledger) {
                if (auto visited = visit(entry); !visited) return visited;
            }
            return Result<void>();
        });
    }

    std::string refusal(const std::string& from, const std::string& to, const std::string& refresh) {
        const auto found = report("active", from, to, refresh);
        return found ? "none" : found.error().message;
    }
};

// Ada buys weekly; bob once, and is quiet ten days later.
void live_three_weeks(Shop& shop) {
    shop.take(purchase("ada", at("2027-01-05")));
    shop.take(purchase("bob", at("2027-01-05")));
    shop.take(visit("cleo", at("2027-01-05")));
    shop.take(purchase("ada", at("2027-01-12")));
    shop.take(purchase("ada", at("2027-01-19")));
    shop.take(tick(at("2027-01-25")));
}

// Customers with one to four orders at first and, the more they had, the likelier another in the week after.
void live_a_training(Shop& shop) {
    const auto name = [](int i) { return "c" + std::to_string(i); };
    for (int i = 0; i < 120; ++i) {
        for (int k = 0; k <= i % 4; ++k) shop.take(purchase(name(i), at("2027-01-02")));
    }
    for (int i = 0; i < 120; ++i) {
        if (i % 4 > 0 && i % 7 < i % 4 * 2) shop.take(purchase(name(i), at("2027-01-06")));
    }
    shop.take(tick(at("2027-01-09")));
}

void fit(Shop& shop) {
    auto found = daemon::fit_models(shop.lived.engine, shop.lived.reader(), {at("2027-01-09"), {}});
    REQUIRE(found.has_value());
    for (auto& model : *found) shop.take(record_of("", at("2027-01-09"), model));
}

json::object bootstrap(Shop& shop, std::string_view segment) {
    auto found = daemon::bootstrap_stability(shop.lived.engine, shop.lived.reader(), {SegmentId(segment), 10, 1});
    REQUIRE(found.has_value());
    return *found;
}

}  // namespace

TEST_CASE("a refresh says who stayed, left and came, and how alike the members are") {
    Shop shop;
    live_three_weeks(shop);

    const auto report = shop.report("active");

    REQUIRE(report.has_value());
    const auto& rows = report->at("refreshes").as_array();
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].at("jaccard").is_null());  // nobody was in before
    const auto& row = rows[1].as_object();
    CHECK(row.at("at") == "2027-01-17T23:59:59.999999Z");
    CHECK(row.at("since") == "2027-01-10T23:59:59.999999Z");
    CHECK(row.at("before") == 2);
    CHECK(row.at("stay") == 1);
    CHECK(row.at("jaccard").as_double() == Approx(0.5));
    CHECK(json::serialize(row.at("went_to")) == R"([{"segment":"quiet","customers":1,"share":5E-1}])");
    // Of the pairs of ada, bob and cleo none is together both times, and chance would give a third.
    CHECK(row.at("adjusted_rand").as_double() == Approx(-0.5));
    CHECK(report->at("members") == 1);
    CHECK(report->at("summary").at("refreshes") == 2);
    CHECK(report->at("summary").at("mean_jaccard").as_double() == Approx(0.75));
}

TEST_CASE("memberships that go on are censored, and a half-life may not be reached") {
    Shop shop;
    live_three_weeks(shop);

    const auto report = shop.report("active");

    REQUIRE(report.has_value());
    const auto& half_life = report->at("half_life").as_object();
    CHECK(half_life.at("spells") == 2);
    CHECK(half_life.at("ended") == 1);
    CHECK(half_life.at("median_days").as_double() == Approx(10.0));
    CHECK(json::serialize(half_life.at("interval")) == "[1E1,null]");
}

TEST_CASE("definitions that change the segment and a fit of its model are refreshes with their names") {
    Shop shop;
    live_a_training(shop);
    fit(shop);
    auto other = segmentd::tests::shop(rules);
    auto& text = other["rules/rules.yaml"];
    text.replace(text.find("0.5"), 3, "0.6");
    shop.take(definitions(at("2027-01-10"), other, "v2"));

    const auto likely = shop.report("likely");
    const auto quiet = shop.report("quiet");

    REQUIRE((likely.has_value() && quiet.has_value()));
    const auto& rows = likely->at("refreshes").as_array();
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].at("cause") == "model eager v1");
    CHECK(rows[1].at("cause") == "definitions v2");
    CHECK(quiet->at("refreshes").as_array().empty());
}

TEST_CASE("a period that cannot be is refused") {
    Shop shop;
    live_three_weeks(shop);

    CHECK(shop.refusal("2027-01-20", "2027-01-10", "") ==
          "the period begins at 2027-01-20T00:00:00Z and ends at 2027-01-10T23:59:59.999999Z");
    CHECK(shop.refusal("", "2027-02-01T00:00:00Z", "") ==
          "2027-02-01T00:00:00Z has not come: the engine time is 2027-01-25T00:00:00Z");
    CHECK(shop.refusal("", "", "36h") == "a refresh every 36h is not of 1 to 3660 whole days");
    CHECK(shop.report("nobody").error().message == "there is no segment 'nobody'");
}

TEST_CASE("a segment that stands on nothing estimated is the same in every resample") {
    Shop shop;
    live_three_weeks(shop);

    const auto found = bootstrap(shop, "active");

    CHECK(found.at("mean_jaccard").as_double() == Approx(1.0));
    CHECK(found.at("why") == "its condition depends on nothing that is estimated");
}

TEST_CASE("a segment on a model is refitted, and the answer is the same each time") {
    Shop shop;
    live_a_training(shop);
    CHECK(bootstrap(shop, "likely").at("why") == "the model eager was never fitted");
    fit(shop);

    const auto found = bootstrap(shop, "likely");

    CHECK(json::serialize(found.at("models")) == R"(["eager"])");
    CHECK(found.at("failed") == 0);
    CHECK(found.at("mean_jaccard").as_double() > 0.5);
    CHECK(found.at("lowest_jaccard").as_double() <= found.at("mean_jaccard").as_double());
    CHECK(found == bootstrap(shop, "likely"));
}

TEST_CASE("customers are drawn a Poisson number of times with mean one") {
    int drawn = 0;
    int absent = 0;
    for (int i = 0; i < 10'000; ++i) {
        const auto times = daemon::times_in_resample(1, 3, CustomerId("c" + std::to_string(i)));
        drawn += static_cast<int>(times);
        absent += times == 0 ? 1 : 0;
    }

    CHECK(drawn / 10'000.0 == Approx(1.0).margin(0.03));       // three standard errors
    CHECK(absent / 10'000.0 == Approx(0.3679).margin(0.015));  // 1/e
}

}  // namespace segmentd::tests
