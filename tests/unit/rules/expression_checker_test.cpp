#include "rules/expression/checker.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "rules/expression/program.hpp"

namespace segmentd::rules::expression {
namespace {

Declarations shop() {
    Declarations declarations;
    declarations.add_record("feature", {{"orders_90d", TypeKind::integer, 0},
                                        {"spend_90d", TypeKind::real, 1},
                                        {"last_order", TypeKind::timestamp, 2},
                                        {"channels", Type::list_of(TypeKind::string), 3}});
    declarations.add_record("profile", {{"plan", TypeKind::string, 4}, {"consented", TypeKind::boolean, 5}});
    declarations.add_variable("anything", Type(), 6);
    declarations.add_variable("labels", Type::map_of(TypeKind::string, TypeKind::integer), 7);
    return declarations;
}

std::string type_of(const std::string& text) {
    const auto program = compile(text, shop(), Limits{});
    return program ? to_text(program->type()) : to_text(program.error());
}

struct Refusal {
    std::string rule;
    int column = 0;
    std::string message;
    std::string hint;

    bool operator==(const Refusal&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Refusal& refusal) {
    return out << refusal.rule << " " << refusal.column << " " << refusal.message << "; " << refusal.hint;
}

Refusal refusal_of(const std::string& text) {
    const auto program = compile(text, shop(), Limits{});
    if (program) return {};
    const Error& error = program.error();
    CHECK(error.code == ErrorCode::invalid);
    CHECK(error.where.line == 1);
    return {error.rule, error.where.column, error.message, error.hint};
}

}  // namespace

TEST_CASE("the checker knows the type of the result") {
    CHECK(type_of("feature.orders_90d > 3") == "bool");
    CHECK(type_of("feature.orders_90d + 1") == "int");
    CHECK(type_of("feature.spend_90d * 2.0") == "double");
    CHECK(type_of("profile.plan + 'x'") == "string");
    CHECK(type_of("anything") == "dyn");
    CHECK(type_of("anything + 1") == "int");
    CHECK(type_of("feature.channels[0]") == "string");
    CHECK(type_of("feature.channels.map(c, size(c))") == "list<int>");
    CHECK(type_of("feature.channels.filter(c, c != '')") == "list<string>");
    CHECK(type_of("labels.gold") == "int");
    CHECK(type_of("{'a': 1, 'b': 2.0}") == "map<string, dyn>");
    CHECK(type_of("[1, 'a']") == "list<dyn>");
    CHECK(type_of("feature.last_order + duration('1h')") == "timestamp");
    CHECK(type_of("feature.last_order - feature.last_order") == "duration");
    CHECK(type_of("type(1)") == "type");
    CHECK(type_of("profile.consented ? 1 : 2") == "int");
}

TEST_CASE("a comparison of int and string is refused at the operator") {
    CHECK(refusal_of("feature.orders_90d == \"3\"") ==
          Refusal{"cel_type", 20, "int == string has no meaning", "convert one side, for example string(x) or int(x)"});
}

TEST_CASE("numbers of different kinds may be compared but not added") {
    CHECK(type_of("feature.orders_90d > 2.5") == "bool");
    CHECK(type_of("feature.spend_90d == 3") == "bool");
    CHECK(type_of("feature.orders_90d in [1.0, 2.0]") == "bool");
    CHECK(refusal_of("feature.orders_90d * 1.5") ==
          Refusal{"cel_type", 20, "int * double has no meaning", "convert one side, for example double(x)"});
}

TEST_CASE("an unknown field is refused with the nearest field") {
    CHECK(refusal_of("feature.order_90d > 3") ==
          Refusal{"cel_unknown_name", 9, "feature has no field order_90d", "did you mean feature.orders_90d?"});
    CHECK(refusal_of("feature.zzz > 3") ==
          Refusal{"cel_unknown_name", 9, "feature has no field zzz", "declare it first"});
    CHECK(refusal_of("has(feature.spend)") ==
          Refusal{"cel_unknown_name", 13, "feature has no field spend", "declare it first"});
    CHECK(refusal_of("featur.orders_90d > 3") ==
          Refusal{"cel_unknown_name", 1, "featur is not declared", "did you mean feature?"});
    CHECK(refusal_of("profile.plan == pro") ==
          Refusal{"cel_unknown_name", 17, "pro is not declared", "strings stand in quotes"});
}

TEST_CASE("an unknown function is refused with the nearest function") {
    CHECK(refusal_of("profile.plan.startWith('p')") ==
          Refusal{"cel_unknown_name", 14, "there is no function startWith", "did you mean startsWith?"});
    CHECK(refusal_of("contains(profile.plan, 'p')") ==
          Refusal{"cel_unknown_name", 1, "there is no function contains", "write x.contains()"});
    CHECK(refusal_of("size(1, 2)").message == "size takes another number of arguments");
    CHECK(refusal_of("size(feature.orders_90d)") ==
          Refusal{"cel_type", 1, "size does not take int", "convert the argument, for example string(x)"});
}

TEST_CASE("a whole record is no value") {
    const Refusal whole = {"cel_type", 1, "feature as a whole is no value", "read one of its fields: feature.name"};

    CHECK(refusal_of("feature") == whole);
    CHECK(refusal_of("size(feature)").rule == "cel_type");
    CHECK(refusal_of("feature[profile.plan]").rule == "cel_type");
    CHECK(refusal_of("feature.exists(f, true)").rule == "cel_type");
    CHECK(refusal_of("feature[\"order_90d\"]").rule == "cel_unknown_name");
    CHECK(type_of("feature['orders_90d']") == "int");
}

TEST_CASE("the variable of a macro hides a record of the same name") {
    CHECK(type_of("[{'x': 1}].all(feature, feature.x == 1)") == "bool");
}

TEST_CASE("conditions are bool") {
    CHECK(refusal_of("feature.orders_90d && profile.consented") ==
          Refusal{"cel_type", 9, "an operand of a logical operator is int, not bool", "compare it with something"});
    CHECK(refusal_of("!profile.plan").column == 10);
    CHECK(refusal_of("profile.plan ? 1 : 2").rule == "cel_type");
    CHECK(refusal_of("feature.channels.all(c, 1)").column == 25);
    CHECK(refusal_of("profile.consented ? 1 : 'a'") ==
          Refusal{"cel_type", 19, "the two results are int and string", "both have one type"});
}

TEST_CASE("values are used as their types allow") {
    CHECK(refusal_of("feature.orders_90d.size").message == "int has no field size");
    CHECK(refusal_of("feature.channels['a']").message == "list<string>[string] does not exist");
    CHECK(refusal_of("feature.orders_90d.all(x, true)").message == "int is no list or map");
    CHECK(refusal_of("-profile.plan").column == 1);
    CHECK(refusal_of("profile.plan < 3").rule == "cel_type");
    CHECK(refusal_of("null < null").rule == "cel_type");
    CHECK(refusal_of("profile.plan == null").hint == "ask has(...) whether a value is there");
    CHECK(refusal_of("{1.5: 2}").message == "a key cannot be double");
    CHECK(refusal_of("profile.plan.matches('(')").rule == "cel_type");
    CHECK(type_of("feature.last_order == null") == "bool");
}

TEST_CASE("the column counts code points and the line counts lines") {
    const auto program = compile("'é' == 'é' &&\n  'ü' == 1", shop(), Limits{});

    REQUIRE(!program);
    CHECK(program.error().where.line == 2);
    CHECK(program.error().where.column == 7);
}

TEST_CASE("without type check only the evaluation complains") {
    CHECK(compile_unchecked("nothing || true", shop(), Limits{}));
    CHECK(compile_unchecked("1 + 'a'", shop(), Limits{}));
    CHECK(compile_unchecked("feature.zzz", shop(), Limits{}));
    CHECK_FALSE(compile_unchecked("1 +", shop(), Limits{}));
}

TEST_CASE("deeply nested types end in dyn") {
    std::string text = "1";
    for (int i = 0; i < 100; ++i) text = "[" + text + "]";

    const std::string type = type_of(text);

    CHECK(type.substr(type.find("dyn"), 3) == "dyn");
    CHECK(type.size() < 250);
}

TEST_CASE("names are looked up in the container first") {
    Declarations declarations;
    declarations.set_container("shop.eu");
    declarations.add_variable("shop.eu.x", TypeKind::integer, 0);
    declarations.add_variable("shop.x", TypeKind::string, 1);
    declarations.add_variable("x", TypeKind::boolean, 2);
    declarations.add_variable("shop.y", TypeKind::string, 3);

    CHECK(compile("x", declarations, Limits{})->type() == TypeKind::integer);
    CHECK(compile("y", declarations, Limits{})->type() == TypeKind::string);
    CHECK(compile(".x", declarations, Limits{})->type() == TypeKind::boolean);
    CHECK(compile("[1.5].map(x, x)", declarations, Limits{})->type() == Type::list_of(TypeKind::real));
    CHECK(compile("[1.5].map(x, .x)", declarations, Limits{})->type() == Type::list_of(TypeKind::boolean));
}

}  // namespace segmentd::rules::expression
