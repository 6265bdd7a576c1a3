#include "rules/expression/evaluation.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>
#include <string>
#include <vector>

#include "rules/expression/program.hpp"
#include "rules/expression/value_text.hpp"

namespace segmentd::rules::expression {
namespace {

using Fault = EvaluationErrorKind;

// x is 6 and y is missing, both of any type; yes and no are what they say.
Declarations names() {
    Declarations declarations;
    declarations.add_variable("x", Type(), 0);
    declarations.add_variable("y", Type(), 1);
    declarations.add_variable("yes", TypeKind::boolean, 2);
    declarations.add_variable("no", TypeKind::boolean, 3);
    declarations.add_record("feature", {{"here", TypeKind::integer, 0}, {"gone", TypeKind::integer, 1}});
    return declarations;
}

std::vector<Value> row() {
    return {Value::integer(6), Value(), Value::boolean(true), Value::boolean(false)};
}

Outcome outcome_of(const std::string& text) {
    Limits limits;
    limits.cost = std::numeric_limits<std::uint64_t>::max();  // what is dear is met by the evaluation itself
    const auto program = compile_unchecked(text, names(), limits);
    INFO(text);
    REQUIRE(program);
    return evaluate(*program, row());
}

std::string result_of(const std::string& text) {
    const Outcome outcome = outcome_of(text);
    return outcome ? to_json_text(*outcome) : "error: " + outcome.error().message;
}

Fault fault_of(const std::string& text) {
    const Outcome outcome = outcome_of(text);
    INFO(text);
    REQUIRE(!outcome);
    return outcome.error().kind;
}

}  // namespace

TEST_CASE("whole numbers overflow with an error and doubles to infinity") {
    CHECK(fault_of("9223372036854775807 + 1") == Fault::overflow);
    CHECK(fault_of("-9223372036854775808 - 1") == Fault::overflow);
    CHECK(fault_of("-(-9223372036854775808)") == Fault::overflow);
    CHECK(fault_of("-9223372036854775808 / -1") == Fault::overflow);
    CHECK(fault_of("-9223372036854775808 % -1") == Fault::overflow);
    CHECK(fault_of("5000000000 * 5000000000") == Fault::overflow);
    CHECK(fault_of("0u - 1u") == Fault::overflow);
    CHECK(fault_of("18446744073709551615u + 1u") == Fault::overflow);
    CHECK(fault_of("1 / 0") == Fault::divide_by_zero);
    CHECK(fault_of("1u % 0u") == Fault::divide_by_zero);
    CHECK(fault_of("1 + 1u") == Fault::no_such_overload);
    CHECK(fault_of("1.0 % 1.0") == Fault::no_such_overload);
    CHECK(result_of("1.0 / 0.0") == "\"Infinity\"");
    CHECK(result_of("-7 / 2") == "-3");
    CHECK(result_of("-7 % 2") == "-1");
}

TEST_CASE("equality crosses kinds and orders cross numbers") {
    CHECK(result_of("1 == 1.0 && 1 == 1u && 1u == 1.0") == "true");
    CHECK(result_of("dyn(1) == '1'") == "false");
    CHECK(result_of("dyn(null) == 0") == "false");
    CHECK(result_of("[1, 2u, 3.0] == [1.0, 2, 3u]") == "true");
    CHECK(result_of("{1: 'a', 'k': [2]} == {'k': [2.0], 1u: 'a'}") == "true");
    CHECK(result_of("-1 < 0u && 1u > -1 && 2.5 > 2") == "true");
    CHECK(result_of("dyn(9223372036854775807) < 9223372036854775808.0") == "false");
    CHECK(result_of("'a' < 'b' && b'a' < b'b' && false < true") == "true");
    CHECK(fault_of("'a' < 1") == Fault::no_such_overload);
    CHECK(fault_of("[1] < [2]") == Fault::no_such_overload);
}

TEST_CASE("NaN equals nothing and has no order") {
    CHECK(result_of("0.0/0.0 == 0.0/0.0") == "false");
    CHECK(result_of("0.0/0.0 != 0.0/0.0") == "true");
    CHECK(result_of("0.0/0.0 < 1.0 || 0.0/0.0 >= 1.0") == "false");
    CHECK(result_of("[0.0/0.0] == [0.0/0.0]") == "false");
    CHECK(result_of("x == 0.0/0.0 || x < 0.0/0.0") == "false");
    CHECK(result_of("0.0 == -0.0") == "true");
}

TEST_CASE("and and or absorb an error on either side") {
    CHECK(result_of("1/0 == 1 || yes") == "true");
    CHECK(result_of("yes || 1/0 == 1") == "true");
    CHECK(result_of("1/0 == 1 && no") == "false");
    CHECK(result_of("no && 1/0 == 1") == "false");
    CHECK(fault_of("1/0 == 1 || no") == Fault::divide_by_zero);
    CHECK(fault_of("yes && 1/0 == 1") == Fault::divide_by_zero);
    CHECK(result_of("'text' && no") == "false");
    CHECK(fault_of("'text' && yes") == Fault::no_such_overload);
    CHECK(result_of("unknown || yes") == "true");
    CHECK(fault_of("unknown || no") == Fault::unknown_name);
    CHECK(result_of("nothing(1) || yes") == "true");
    CHECK(fault_of("nothing(1)") == Fault::unknown_function);
}

TEST_CASE("the conditional evaluates one branch only") {
    CHECK(result_of("yes ? 1 : 1/0") == "1");
    CHECK(result_of("no ? 1/0 : 2") == "2");
    CHECK(fault_of("1/0 == 1 ? 1 : 2") == Fault::divide_by_zero);
    CHECK(fault_of("'a' ? 1 : 2") == Fault::no_such_overload);
}

TEST_CASE("a missing attribute is an error by its name, and has() of it is false") {
    CHECK(result_of("feature.gone > 3") == "error: feature.gone is missing");
    CHECK(result_of("feature['gone'] > 3") == "error: feature.gone is missing");
    CHECK(fault_of("y == 1") == Fault::missing_attribute);
    CHECK(fault_of("[y]") == Fault::missing_attribute);
    CHECK(fault_of("dyn(y)") == Fault::missing_attribute);
    CHECK(result_of("has(feature.gone)") == "false");
    CHECK(result_of("has(feature.here)") == "true");
    CHECK(result_of("feature.gone > 3 || feature.here == 6") == "true");
    CHECK(result_of("has(feature.gone) && feature.gone > 3") == "false");
    CHECK(result_of("has(feature.gone) ? feature.gone : 0") == "0");
}

TEST_CASE("a slot beyond the end of the row is missing") {
    const auto program = compile("feature.here > 3", names(), Limits{});

    CHECK(evaluate(*program, {}).error().kind == Fault::missing_attribute);
    CHECK(decide(*program, {}) == Truth::unknown);
}

TEST_CASE("macros walk over lists and over the keys of maps") {
    CHECK(result_of("[1, 2, 3].all(e, e > 0)") == "true");
    CHECK(result_of("[].all(e, e > 0)") == "true");
    CHECK(result_of("[1, 2, 3].exists(e, e == x - 4)") == "true");
    CHECK(result_of("[].exists(e, true)") == "false");
    CHECK(result_of("[1, 2, 2].exists_one(e, e == 2)") == "false");
    CHECK(result_of("{'a': 1, 'b': 2}.exists_one(k, k == 'b')") == "true");
    CHECK(result_of("[1, 2, 3].map(e, e * x)") == "[6, 12, 18]");
    CHECK(result_of("[1, 2, 3].map(e, e > 1, e * e)") == "[4, 9]");
    CHECK(result_of("{2: 'b', 1: 'a'}.map(k, k)") == "[1, 2]");
    CHECK(result_of("[1, 2, 3].filter(e, e != 2)") == "[1, 3]");
    CHECK(result_of("[[1, 2], [3]].map(a, a.map(b, b + size(a)))") == "[[3, 4], [4]]");
    CHECK(result_of("[1, 2].map(x, x)") == "[1, 2]");
    CHECK(fault_of("x.all(e, true)") == Fault::no_such_overload);
}

TEST_CASE("all and exists absorb errors, the other macros do not") {
    CHECK(result_of("[1, 0].all(e, 1 / e == 7)") == "false");
    CHECK(result_of("[0, 1].exists(e, 1 / e == 1)") == "true");
    CHECK(fault_of("[0, 1].all(e, 1 / e == 1)") == Fault::divide_by_zero);
    CHECK(fault_of("[0, 1].exists(e, 1 / e == 2)") == Fault::divide_by_zero);
    CHECK(fault_of("[0, 1].exists_one(e, 1 / e == 1)") == Fault::divide_by_zero);
    CHECK(fault_of("[0, 1].filter(e, 1 / e == 1)") == Fault::divide_by_zero);
    CHECK(fault_of("[0, 1].map(e, 1 / e)") == Fault::divide_by_zero);
}

TEST_CASE("lists and maps are read by index, key and field") {
    CHECK(result_of("[7, 8][1] + [7, 8][dyn(0u)] + [7, 8][dyn(1.0)]") == "23");
    CHECK(fault_of("[7][1]") == Fault::index_out_of_range);
    CHECK(fault_of("[7][-1]") == Fault::index_out_of_range);
    CHECK(fault_of("[7][dyn(0.5)]") == Fault::invalid_argument);
    CHECK(result_of("{1: 'a'}[1u] + {1u: 'b'}[1.0] + {'k': 'c'}.k") == "\"abc\"");
    CHECK(fault_of("{1: 'a'}[2]") == Fault::no_such_key);
    CHECK(result_of("{'a': 1}.b") == "error: the map has no key b");
    CHECK(fault_of("{1: 'a', 1u: 'b'}") == Fault::repeated_key);
    CHECK(fault_of("{1.5: 'a'}") == Fault::no_such_overload);
    CHECK(result_of("2.0 in {2u: 'x'} && !(2.5 in {2: 'x'}) && 'b' in ['a', 'b']") == "true");
    CHECK(result_of("has({'a': null}.a) && !has({'a': 1}.b)") == "true");
    CHECK(fault_of("has(x.b)") == Fault::no_such_overload);
}

TEST_CASE("an evaluation ends at its limits of steps and size") {
    std::string nested = "x > 0";
    for (int i = 0; i < 12; ++i) nested = "[1,2,3,4,5,6,7,8,9,10].all(e, " + nested + ")";
    std::string doubling = "['12345678']";
    for (int i = 0; i < 60; ++i) doubling += ".map(e, e + e)";
    std::string sharing = "[1]";
    for (int i = 0; i < 60; ++i) sharing += ".map(e, [e, e])";

    CHECK(fault_of(nested) == Fault::work_limit);
    CHECK(fault_of(doubling) == Fault::work_limit);
    CHECK(fault_of(sharing + " == [1]") == Fault::work_limit);
}

TEST_CASE("folding constants changes no result") {
    CHECK(rc::check([](std::int64_t left, std::int64_t right) {
        Declarations declarations;
        declarations.add_variable("a", TypeKind::integer, 0);
        declarations.add_variable("b", TypeKind::integer, 1);
        const std::vector<Value> values = {Value::integer(left), Value::integer(right)};
        for (const char* operation :
             {" + ", " - ", " * ", " / ", " % ", " < ", " <= ", " > ", " >= ", " == ", " != "}) {
            const auto text = [](std::int64_t number) { return "(" + std::to_string(number) + ")"; };
            const auto folded = compile(text(left) + operation + text(right), declarations, Limits{});
            const auto read = compile(std::string("a") + operation + "b", declarations, Limits{});
            const auto half = compile(std::string("a") + operation + text(right), declarations, Limits{});
            const auto turned = compile(text(left) + operation + "b", declarations, Limits{});
            const Outcome expected = evaluate(*read, values);
            for (const auto& program : {folded, half, turned}) {
                const Outcome outcome = evaluate(*program, values);
                RC_ASSERT(outcome.has_value() == expected.has_value());
                if (outcome) RC_ASSERT(to_json_text(*outcome) == to_json_text(*expected));
            }
        }
    }));
}

// The oracle is Kleene's logic of three values, with a missing attribute as the unknown one.
TEST_CASE("logic with missing attributes is Kleene's logic") {
    CHECK(rc::check([](const std::vector<std::uint8_t>& seed) {
        std::string text = "v0";
        int oracle = 0;  // -1 no, 0 unknown, 1 yes; v0 is missing, v1 is yes, v2 is no
        for (const std::uint8_t choice : seed) {
            if (text.size() > 600) break;
            const int other = choice % 3 == 0 ? 0 : choice % 3 == 1 ? 1 : -1;
            const std::string name = "v" + std::to_string(choice % 3);
            const int kind = choice / 3 % 5;
            if (kind == 0) text = "!(" + text + ")", oracle = -oracle;
            if (kind == 1) text = "(" + text + " && " + name + ")", oracle = std::min(oracle, other);
            if (kind == 2) text = "(" + name + " && " + text + ")", oracle = std::min(oracle, other);
            if (kind == 3) text = "(" + text + " || " + name + ")", oracle = std::max(oracle, other);
            if (kind == 4) text = "(" + name + " || " + text + ")", oracle = std::max(oracle, other);
        }
        Declarations declarations;
        for (int i = 0; i < 3; ++i) declarations.add_variable("v" + std::to_string(i), TypeKind::boolean, i);
        const std::vector<Value> values = {Value(), Value::boolean(true), Value::boolean(false)};

        const auto program = compile(text, declarations, Limits{});

        const Truth expected = oracle == 0 ? Truth::unknown : oracle > 0 ? Truth::yes : Truth::no;
        RC_ASSERT(program.has_value());
        RC_ASSERT(decide(*program, values) == expected);
        RC_ASSERT(evaluate(*program, values).has_value() == (oracle != 0));
    }));
}

}  // namespace segmentd::rules::expression
