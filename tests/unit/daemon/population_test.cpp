#include "daemon/engine/population/population.hpp"

#include <catch2/catch.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

using rules::expression::Value;

constexpr std::string_view value_rules = R"(
feature: orders
signal: purchase
compute: count
---
feature: spend
signal: purchase
compute: sum
value: event.amount
---
feature: half_of_last
signal: purchase
compute: last
value: event.amount * 0.5
---
feature: ratio
signal: purchase
compute: sum
value: event.amount / event.amount
---
feature: big_orders
signal: purchase
compute: count
where: event.items > 3
---
model: repeat
type: bg_nbd
signal: purchase
refresh_every: 7d
scores:
  alive: {output: p_alive}
---
model: churn
type: logistic
features: [orders]
target: {condition: feature.orders > 1, within: 30d}
scores:
  likely: {output: probability}
---
segment: alive
steward: dana
enter: score.alive > 0.5
)";

Record order(Timestamp when, Attributes properties) {
    return record_of("ada", when, SignalRecord{SignalId("purchase"), std::move(properties)});
}

Record fitted(std::string_view model, std::string_view type, std::map<std::string, double> parameters, Timestamp when) {
    ModelRecord record;
    record.model = ModelId(model);
    record.type = type;
    record.version = 1;
    record.parameters = std::move(parameters);
    return record_of("", when, std::move(record));
}

Value feature_of(const LivedEngine& lived, std::string_view name) {
    const auto& book = lived.engine.population().book();
    const auto row = lived.engine.row_of(*lived.engine.population().find(CustomerId("ada")));
    return row.at(book.layout.features + *rules::index_of(book.definitions.features, FeatureId(name)));
}

Value score_of(const LivedEngine& lived, std::string_view name) {
    const auto& book = lived.engine.population().book();
    const auto row = lived.engine.row_of(*lived.engine.population().find(CustomerId("ada")));
    const auto place = std::ranges::find(book.score_names, name) - book.score_names.begin();
    return row.at(book.layout.scores + static_cast<std::size_t>(place));
}

}  // namespace

TEST_CASE("a signal without the property that a feature takes is left out of it alone") {
    LivedEngine lived(shop(value_rules));
    lived.take(order(at("2027-01-02"), {{"amount", MinorUnits{1000}}}));

    lived.take(order(at("2027-01-03"), {}));

    CHECK(feature_of(lived, "orders").as_integer() == 2);
    CHECK(feature_of(lived, "spend").as_real() == Approx(10.0));
    CHECK(feature_of(lived, "half_of_last").as_real() == Approx(5.0));
}

TEST_CASE("a visit comes to each customer once and in order, however many they are") {
    LivedEngine lived(shop(value_rules));
    for (int i = 0; i < 70; ++i) {
        lived.take(record_of("customer" + std::to_string(i), at("2027-01-02"), SignalRecord{SignalId("purchase"), {}}));
    }
    const auto& population = lived.engine.population();
    std::vector<std::size_t> all, some, wanted(70);
    std::iota(wanted.begin(), wanted.end(), 0U);

    population.visit_all([&](std::size_t customer) { all.push_back(customer); });
    population.visit(std::vector<std::size_t>{69, 3, 41}, [&](std::size_t customer) { some.push_back(customer); });

    CHECK(all == wanted);
    CHECK(some == std::vector<std::size_t>{69, 3, 41});
}

TEST_CASE("a filter whose input is absent leaves the signal out") {
    LivedEngine lived(shop(value_rules));

    lived.take(order(at("2027-01-02"), {{"amount", MinorUnits{1000}}}));
    lived.take(order(at("2027-01-03"), {{"items", std::int64_t{4}}}));

    CHECK(feature_of(lived, "big_orders").as_integer() == 1);
}

TEST_CASE("a computed value that is no number is left out of its feature") {
    LivedEngine lived(shop(value_rules));
    lived.take(order(at("2027-01-02"), {{"amount", MinorUnits{1000}}}));

    lived.take(order(at("2027-01-03"), {{"amount", MinorUnits{0}}}));

    CHECK(feature_of(lived, "ratio").as_real() == Approx(1.0));
}

TEST_CASE("a signal without a contract changes no feature") {
    LivedEngine lived(shop(value_rules));

    lived.take(record_of("ada", at("2027-01-02"), SignalRecord{SignalId("unknown"), {}}));

    CHECK(feature_of(lived, "orders").as_integer() == 0);
}

TEST_CASE("profile attributes that are named replace and the others stay") {
    LivedEngine lived(shop(value_rules));
    lived.take(plan_of("ada", at("2027-01-02"), "free"));
    lived.take(record_of("ada", at("2027-01-03"), ProfileRecord{{{"employees", std::int64_t{7}}}}));

    lived.take(plan_of("ada", at("2027-01-04"), "pro"));

    CHECK(lived.engine.population().profile_of(lived.customer("ada")) ==
          Attributes{{"employees", std::int64_t{7}}, {"plan", std::string("pro")}});
}

TEST_CASE("a score is missing until its model is fitted") {
    LivedEngine lived(shop(value_rules));

    lived.take(order(at("2027-01-02"), {}));

    CHECK(score_of(lived, "alive").is_missing());
    CHECK(score_of(lived, "likely").is_missing());
}

TEST_CASE("a logistic score is the logistic function of its inputs") {
    LivedEngine lived(shop(value_rules));
    lived.take(order(at("2027-01-02"), {}));

    lived.take(fitted("churn", "logistic", {{"intercept", -1.0}, {"coefficient.orders", 3.0}}, at("2027-01-03")));

    CHECK(score_of(lived, "likely").as_real() == Approx(0.8807970779778824).epsilon(1e-12));  // 1 / (1 + exp(-2))
}

TEST_CASE("a model record of another type than the definition gives no score") {
    LivedEngine lived(shop(value_rules));
    lived.take(order(at("2027-01-02"), {}));

    lived.take(fitted("churn", "bg_nbd", {{"r", 1.0}, {"alpha", 1.0}, {"a", 1.0}, {"b", 1.0}}, at("2027-01-03")));

    CHECK(score_of(lived, "likely").is_missing());
}

TEST_CASE("a customer without repeats is alive for sure and a score of their silence follows the refresh") {
    const std::map<std::string, double> parameters = {{"r", 0.25}, {"alpha", 4.4}, {"a", 0.8}, {"b", 2.4}};
    LivedEngine lived(shop(value_rules));
    lived.take(order(at("2027-01-02"), {}));
    lived.take(fitted("repeat", "bg_nbd", parameters, at("2027-01-03")));
    const auto once = score_of(lived, "alive").as_real();
    lived.take(order(at("2027-01-12T12:00:00Z"), {}));

    // Multiples of seven days since 1970 begin on Thursdays.
    CHECK(once == Approx(1.0));
    CHECK(to_text(lived.engine.next_due()) == "2027-01-14T00:00:00Z");
}

TEST_CASE("the refresh of a model's score is due again after each refresh") {
    const std::map<std::string, double> parameters = {{"r", 0.25}, {"alpha", 4.4}, {"a", 0.8}, {"b", 2.4}};
    LivedEngine lived(shop(value_rules));
    lived.take(order(at("2027-01-02"), {}));
    lived.take(fitted("repeat", "bg_nbd", parameters, at("2027-01-03")));
    lived.take(order(at("2027-01-12T12:00:00Z"), {}));
    lived.take(tick(at("2027-01-14")));
    const auto fresh = score_of(lived, "alive").as_real();

    lived.take(tick(at("2027-01-20T23:59:59Z")));
    const auto before_refresh = score_of(lived, "alive").as_real();
    lived.take(tick(at("2027-01-21")));

    CHECK(before_refresh == Approx(fresh).epsilon(1e-15));
    CHECK(score_of(lived, "alive").as_real() < fresh);
}

TEST_CASE("silence about a purpose is what its basis says") {
    LivedEngine lived(shop(value_rules));
    lived.take(order(at("2027-01-02"), {}));
    const auto& purposes = lived.engine.population().book().definitions.workspace.purposes;

    CHECK_FALSE(lived.engine.population().allows(lived.customer("ada"), purposes.at(0)));
    CHECK(lived.engine.population().allows(lived.customer("ada"), purposes.at(1)));
}

}  // namespace segmentd::tests
