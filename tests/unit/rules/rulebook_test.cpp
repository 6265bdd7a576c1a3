#include "rules/rulebook/rulebook.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "base/random.hpp"
#include "rules/load/load.hpp"

namespace segmentd::tests {
namespace {

using rules::Rulebook;

constexpr std::string_view shop = R"(workspace: shop
company: A small shop
currency: EUR
people: [{id: dana, name: Dana Ruiz, roles: [steward]}]
purposes: [{id: offers, title: Offers, basis: consent}]
profile: {plan: text, employees: integer}
---
signal: purchase
properties:
  amount: {type: money}
  color: {type: text}
---
feature: orders
signal: purchase
compute: count
---
feature: days_since_order
signal: purchase
compute: recency
)";

tl::expected<Rulebook, std::vector<Error>> build(std::string_view definitions) {
    auto loaded =
        rules::load_workspace({{"workspace.yaml", std::string(shop)}, {"rules.yaml", std::string(definitions)}});
    INFO((loaded ? std::string() : to_text(loaded.error().front())));
    REQUIRE(loaded.has_value());
    return rules::build_rulebook(std::move(*loaded));
}

Rulebook book_of(std::string_view definitions) {
    auto book = build(definitions);
    INFO((book ? std::string() : to_text(book.error().front())));
    REQUIRE(book.has_value());
    return std::move(*book);
}

std::string errors_of(std::string_view definitions) {
    const auto book = build(definitions);
    REQUIRE_FALSE(book.has_value());
    std::string text;
    for (const auto& error : book.error()) text += (text.empty() ? "" : "\n") + to_text(error);
    return text;
}

const rules::CompiledFeature& feature(const Rulebook& book, const char* name) {
    return book.features.at(*rules::index_of(book.definitions.features, FeatureId(name)));
}

std::string segment(std::string_view enter) {
    return "segment: one\nsteward: dana\nenter: " + std::string(enter) + "\n";
}

}  // namespace

TEST_CASE("a row holds profile, features, scores, thresholds, segments and consents in this order") {
    const auto book = book_of(
        "model: value\ntype: expression\nthresholds: {good: 10}\nscores: {worth: {expression: double(feature.orders) * "
        "2.0}}\n"
        "---\n" +
        segment("feature.orders > 1"));

    CHECK(book.layout.profile == 0);
    CHECK(book.layout.features == 2);
    CHECK(book.layout.scores == 4);
    CHECK(book.layout.thresholds == 5);
    CHECK(book.layout.segments == 6);
    CHECK(book.layout.consents == 7);
    CHECK(book.layout.size == 8);
}

TEST_CASE("an unknown name is refused with the nearest known one") {
    CHECK(errors_of(segment("feature.order > 1")) ==
          "rules.yaml:3:16: feature has no field order [cel_unknown_name]; did you mean feature.orders?");
}

TEST_CASE("a type error names file, line and column of the YAML") {
    const auto text = errors_of("segment: one\nsteward: dana\nenter:\n  - feature.orders > 1\n  - profile.plan > 3\n");

    CHECK(text.starts_with("rules.yaml:5:18: "));
    CHECK(text.find("[cel_type]") != std::string::npos);
}

TEST_CASE("in a quoted text the column counts the quote too") {
    CHECK(errors_of(segment("'feature.order > 1'")).starts_with("rules.yaml:3:17: "));
    CHECK(errors_of(segment("\"feature.order > 1\"")).starts_with("rules.yaml:3:17: "));
}

TEST_CASE("in a block text line and column are those at which the name stands") {
    CHECK(errors_of("segment: one\nsteward: dana\nenter: |\n  feature.orders > 1 &&\n  feature.order > 1\n")
              .starts_with("rules.yaml:5:11: "));
}

TEST_CASE("a condition must be true or false") {
    CHECK(errors_of(segment("feature.orders")) ==
          "rules.yaml:3:8: 'feature.orders' gives int, wanted is bool [cel_type]; "
          "write a condition that is true or false");
}

TEST_CASE("a sum of a text is refused") {
    const auto text = errors_of("feature: colors\nsignal: purchase\ncompute: sum\nvalue: event.color\n");

    CHECK(text.starts_with("rules.yaml:4:8: feature colors: sum needs a number [cel_type]"));
}

TEST_CASE("every mistake is reported, not only the first") {
    const auto text = errors_of(segment("[feature.order > 1, score.x > 1, profile.plans == 'x']"));

    CHECK(std::count(text.begin(), text.end(), '\n') == 2);
}

TEST_CASE("segments that read each other in a circle are refused with the way round") {
    const auto text = errors_of(
        "segment: a\nsteward: dana\nenter: segment.b\n---\nsegment: b\nsteward: dana\nenter: [segment.c]\n---\n"
        "segment: c\nsteward: dana\nenter: feature.orders > 1\nstay: '!segment.a'\n");

    CHECK(
        text.starts_with("rules.yaml:3:8: segment a: segments read each other in a circle: a -> b -> c -> a [cycle]"));
}

TEST_CASE("a segment that reads itself is a circle") {
    CHECK(errors_of(segment("segment.one")).find("one -> one") != std::string::npos);
}

TEST_CASE("scores that read each other in a circle are refused with the way round") {
    const auto text = errors_of(
        "model: m\ntype: expression\nscores:\n  up: {expression: score.down + 1.0}\n"
        "  down: {expression: score.up - 1.0}\n");

    CHECK(text.find("model m: scores read each other in a circle: up -> down -> up [cycle]") != std::string::npos);
}

TEST_CASE("a segment is decided after the segments that it reads") {
    const auto book = book_of(
        "segment: a\nsteward: dana\nenter: segment.c\n---\nsegment: b\nsteward: dana\nenter: feature.orders > 1\n---\n"
        "segment: c\nsteward: dana\nenter: segment.b\n");

    CHECK(book.segment_order == std::vector<std::size_t>{1, 2, 0});
}

TEST_CASE("a score is computed after the scores that it reads") {
    const auto book = book_of(
        "model: m\ntype: expression\nscores:\n  first: {expression: score.second * 2.0}\n"
        "  second: {expression: double(feature.orders) * 2.0}\n");

    CHECK(book.score_order == std::vector<std::size_t>{1, 0});
}

TEST_CASE("a feature that nothing decides by is not read") {
    const auto book = book_of(segment("feature.orders > 1"));

    CHECK(feature(book, "orders").is_read);
    CHECK_FALSE(feature(book, "days_since_order").is_read);
}

TEST_CASE("a feature is read through the scores that a segment stands on") {
    const auto book = book_of(
        "model: m\ntype: expression\nscores:\n  age: {expression: double(feature.days_since_order)}\n"
        "  double_age: {expression: score.age * 2.0}\n  unread: {expression: double(feature.orders)}\n---\n" +
        segment("score.double_age > 5.0"));

    CHECK(feature(book, "days_since_order").is_read);
    CHECK_FALSE(feature(book, "days_since_order").plan.days_that_matter.has_value());
    CHECK_FALSE(feature(book, "orders").is_read);
}

TEST_CASE("the days that matter stand on both sides of every threshold of every segment") {
    const auto book =
        book_of(segment("feature.days_since_order >= 30") + "leave_at_once: feature.days_since_order > 90\n");

    CHECK(feature(book, "days_since_order").plan.days_that_matter == std::vector<std::int64_t>{30, 31, 90, 91});
}

TEST_CASE("every day matters where a recency is computed with") {
    const auto book = book_of(segment("feature.days_since_order * 2 > 7"));

    CHECK_FALSE(feature(book, "days_since_order").plan.days_that_matter.has_value());
}

TEST_CASE("between two days that matter no comparison flips") {
    constexpr std::array operators = {"<", "<=", ">", ">=", "==", "!="};
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        Random random(seed, "days that matter");
        std::string condition;
        for (int i = 0; i < 3; ++i) {
            const std::string operation = operators[random.below(operators.size())];
            const std::string literal = std::to_string(random.below(40)) + (random.bernoulli(0.3) ? ".5" : "");
            const bool literal_first = random.bernoulli(0.3);
            condition += i == 0 ? "" : random.bernoulli(0.5) ? " && " : " || ";
            condition += literal_first ? literal + " " + operation + " feature.days_since_order"
                                       : "feature.days_since_order " + operation + " " + literal;
        }
        const auto book = book_of(segment("'" + condition + "'"));
        const auto slot =
            book.layout.features + *rules::index_of(book.definitions.features, FeatureId("days_since_order"));
        const auto& days = *feature(book, "days_since_order").plan.days_that_matter;
        std::vector<rules::expression::Value> row(book.layout.size);
        const auto truth_on = [&](std::int64_t day) {
            row[slot] = rules::expression::Value::integer(day);
            return rules::expression::decide(book.segments[0].enter[0], row);
        };

        INFO("seed " << seed << ": " << condition);
        for (std::int64_t day = 1; day < 60; ++day) {
            const bool may_flip = std::binary_search(days.begin(), days.end(), day);
            if (!may_flip) CHECK(truth_on(day) == truth_on(day - 1));
        }
    }
}

TEST_CASE("money that a feature takes as it came is counted in minor units and computed money is not") {
    const auto book = book_of(
        "feature: spend\nsignal: purchase\ncompute: sum\nvalue: event.amount\n---\n"
        "feature: half\nsignal: purchase\ncompute: sum\nvalue: event.amount * 0.5\n");

    CHECK(feature(book, "spend").plan.money_digits == 2);
    CHECK(feature(book, "half").plan.money_digits == -1);
}

TEST_CASE("a segment without stay stays by its enter") {
    const auto book = book_of(segment("feature.orders > 1"));

    REQUIRE(book.segments[0].stay.size() == 1);
    CHECK(book.segments[0].stay[0].text() == "feature.orders > 1");
}

}  // namespace segmentd::tests
