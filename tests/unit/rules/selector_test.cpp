#include "rules/columns/selector.hpp"

#include <catch2/catch.hpp>
#include <initializer_list>
#include <string>

namespace segmentd::rules {
namespace {

using expression::Program;
using expression::Value;

expression::Declarations scope() {
    using expression::TypeKind;
    expression::Declarations declared;
    declared.add_record("feature", {{"orders", TypeKind::integer, 0}});
    declared.add_record("profile", {{"plan", TypeKind::string, 1}});
    declared.add_record("segment", {{"loyal", TypeKind::boolean, 2}});
    return declared;
}

std::vector<Program> lines(std::initializer_list<const char*> texts) {
    std::vector<Program> programs;
    for (const auto* text : texts) programs.push_back(expression::compile(text, scope(), {}).value());
    return programs;
}

// Three customers: two orders on pro, five orders on free, and one of whom nothing is known.
struct Shop {
    Shop() {
        orders.resize(3);
        plans.resize(3);
        orders.set(0, Value::integer(2));
        orders.set(1, Value::integer(5));
        plans.set(0, Value::string("pro"));
        plans.set(1, Value::string("free"));
    }

    Table table() const { return {3, {&orders, &plans}}; }

    Column orders;
    Column plans;
};

// "yn?" for the three customers.
std::string told(const SelectionScratch& scratch, std::size_t condition) {
    std::string text;
    const auto& answers = scratch.answers(condition);
    for (std::size_t row = 0; row < 3; ++row) {
        const bool unknown = (answers.unknown[0] >> row & 1) != 0;
        text += unknown ? '?' : (answers.yes[0] >> row & 1) != 0 ? 'y' : 'n';
    }
    return text;
}

}  // namespace

TEST_CASE("all lines of a condition must hold, and a no decides beside an unknown") {
    const Shop shop;
    const auto many = lines({"feature.orders >= 3", "profile.plan == 'free'"});
    const auto never = lines({"feature.orders >= 3", "1 > 2"});
    Selector selector(shop.table());
    selector.add(std::span(many));
    selector.add(std::span(never));
    selector.add(std::span<const Program>());

    SelectionScratch scratch(selector);
    selector.select(0, scratch);

    CHECK(told(scratch, 0) == "ny?");
    CHECK(told(scratch, 1) == "nnn");
    CHECK(told(scratch, 2) == "yyy");
}

TEST_CASE("an unknown enters only where the rule says so, and never against stay or leave_at_once") {
    const Shop shop;
    const auto enter = lines({"feature.orders >= 1"});
    const auto stay = lines({"profile.plan != 'free'"});
    const auto leave = lines({"feature.orders == 2"});
    const std::span<const Program> none;
    Selector selector(shop.table());
    selector.add(EntryRule{enter, stay, none, false});
    selector.add(EntryRule{enter, stay, none, true});
    selector.add(EntryRule{enter, none, leave, false});

    SelectionScratch scratch(selector);
    selector.select(0, scratch);

    CHECK(told(scratch, 0) == "ynn");
    CHECK(told(scratch, 1) == "yny");
    CHECK(told(scratch, 2) == "nyn");
}

TEST_CASE("a segment that another one reads is a boolean that is always known") {
    const Shop shop;
    const auto loyal = lines({"feature.orders >= 3"});
    const auto others = lines({"!segment.loyal"});
    const auto compared = lines({"segment.loyal == (profile.plan == 'free')"});
    Selector selector(shop.table());
    selector.define(2, selector.add(std::span(loyal)));
    selector.add(std::span(others));
    selector.add(std::span(compared));

    SelectionScratch scratch(selector);
    selector.select(0, scratch);

    CHECK(told(scratch, 1) == "yny");
    CHECK(told(scratch, 2) == "yy?");
}

TEST_CASE("conditions that share a part make its step once, and only odd parts are asked row by row") {
    const Shop shop;
    const auto first = lines({"feature.orders >= 3", "profile.plan.startsWith('p')"});
    const auto second = lines({"feature.orders >= 3 || feature.orders * 2 > 7"});
    const auto odd = lines({"[feature.orders].exists(x, x > 3)"});
    Selector selector(shop.table());

    selector.add(std::span(first));
    const auto steps = selector.steps();
    selector.add(std::span(first));
    CHECK(selector.steps() == steps);
    selector.add(std::span(second));
    CHECK(selector.steps_by_row() == 0);
    selector.add(std::span(odd));
    CHECK(selector.steps_by_row() == 1);
}

}  // namespace segmentd::rules
