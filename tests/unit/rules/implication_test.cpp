#include "rules/rulebook/implication.hpp"

#include <catch2/catch.hpp>

namespace segmentd::rules {
namespace {

// Two counts, one share, a text, a truth and one threshold of 0.5.
OperandKnowledge known() {
    OperandKnowledge knowledge;
    knowledge.facts = [](std::string_view operand) -> std::optional<OperandFacts> {
        if (operand == "feature.orders" || operand == "feature.days") return OperandFacts{true, 0.0};
        if (operand == "score.churn" || operand == "profile.plan") return OperandFacts{};
        return std::nullopt;
    };
    knowledge.threshold = [](std::string_view name) { return name == "calm" ? std::optional(0.5) : std::nullopt; };
    return knowledge;
}

Implication says(const std::vector<std::string>& enter, const std::string& stay) {
    Condition lines;
    for (const auto& line : enter) lines.push_back({line, {}});
    return implication(lines, stay, known());
}

}  // namespace

TEST_CASE("the same expression follows whatever its spaces and brackets") {
    CHECK(says({"size(profile.plan) > feature.days"}, "(size(profile.plan))>feature.days") == Implication::shown);
    CHECK(says({"feature.orders > 1 && profile.plan.startsWith('p')"}, "profile.plan.startsWith(\"p\")") ==
          Implication::shown);
}

TEST_CASE("a field in brackets is the field, and what is asked of it as an optional is asked of it") {
    CHECK(says({"feature['orders'] >= 3"}, "feature.orders >= 2") == Implication::shown);
    CHECK(says({"feature.orders >= 1", "feature.?orders.orValue(0) > 5"}, "feature.orders >= 3") == Implication::open);
}

TEST_CASE("a looser bound follows from a tighter one and a tighter one is refused") {
    CHECK(says({"feature.orders >= 3"}, "feature.orders >= 2") == Implication::shown);
    CHECK(says({"feature.orders >= 1"}, "feature.orders >= 1000") == Implication::weaker);
    CHECK(says({"score.churn < 0.2"}, "score.churn <= 0.2") == Implication::shown);
    CHECK(says({"score.churn <= 0.2"}, "score.churn < 0.2") == Implication::weaker);
    CHECK(says({"2 <= feature.orders"}, "feature.orders >= 2") == Implication::shown);
}

TEST_CASE("bounds on both sides are taken together") {
    CHECK(says({"feature.days > 5", "feature.days < 10"}, "feature.days >= 5 && feature.days <= 10") ==
          Implication::shown);
    CHECK(says({"feature.days > 5 && feature.days < 10"}, "feature.days < 8") == Implication::weaker);
}

TEST_CASE("a line that nobody who enters meets is contradicted") {
    CHECK(says({"feature.orders >= 2"}, "feature.orders < 2") == Implication::contradicted);
    CHECK(says({"profile.plan == 'pro'"}, "profile.plan == 'free'") == Implication::contradicted);
    CHECK(says({"segment.loyal"}, "!segment.loyal") == Implication::contradicted);
    CHECK(says({"feature.orders >= 2"}, "false") == Implication::contradicted);
}

TEST_CASE("whole numbers above 0 are at least 1 and counts are never below 0") {
    CHECK(says({"feature.orders > 0"}, "feature.orders >= 1") == Implication::shown);
    CHECK(says({"feature.days <= 30"}, "feature.days >= 0") == Implication::shown);
    CHECK(says({"score.churn > 0.0"}, "score.churn >= 1.0") == Implication::weaker);
}

TEST_CASE("thresholds count as the numbers they are") {
    CHECK(says({"score.churn >= threshold.calm"}, "score.churn >= threshold.calm - 0.1") == Implication::shown);
    CHECK(says({"score.churn >= threshold.calm"}, "score.churn >= threshold.calm + 0.1") == Implication::weaker);
    CHECK(says({"score.churn >= threshold.calm"}, "score.churn >= 0.4") == Implication::shown);
}

TEST_CASE("listed values follow where they hold all that enter lists") {
    CHECK(says({"profile.plan == 'pro'"}, "profile.plan in ['pro', 'team']") == Implication::shown);
    CHECK(says({"profile.plan == 'pro'"}, "profile.plan != 'free'") == Implication::shown);
    CHECK(says({"profile.plan in ['pro', 'team']"}, "profile.plan == 'pro'") == Implication::weaker);
}

TEST_CASE("of an or one side is enough and two sides that say too much may be right together") {
    CHECK(says({"feature.orders >= 2"}, "feature.days < 5 || feature.orders >= 1") == Implication::shown);
    CHECK(says({"feature.orders >= 2"}, "feature.orders < 5 || feature.orders >= 5") == Implication::open);
    CHECK(says({"feature.orders >= 2"}, "feature.orders < 1 || feature.orders == 0") == Implication::contradicted);
    CHECK(says({"feature.orders >= 2"}, "true") == Implication::shown);
}

TEST_CASE("nothing is known of another operand or of one that enter reads in another way") {
    CHECK(says({"feature.orders >= 2"}, "feature.days < 5") == Implication::open);
    CHECK(says({"feature.orders >= 2", "feature.orders != 3"}, "feature.orders >= 4") == Implication::open);
    CHECK(says({"feature.orders >= 1", "feature.orders * 2 >= 2000"}, "feature.orders >= 1000") == Implication::open);
    CHECK(says({"profile.plan != 'free'"}, "profile.plan == 'pro'") == Implication::open);
    CHECK(says({"feature.orders + 1 > 2"}, "feature.orders + 1 > 3") == Implication::open);
}

}  // namespace segmentd::rules
