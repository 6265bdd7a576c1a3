#include "rules/expression/program.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "rules/expression/code.hpp"
#include "rules/expression/value_text.hpp"

namespace segmentd::rules::expression {
namespace {

Declarations shop() {
    Declarations declarations;
    declarations.add_record("feature", {{"orders", TypeKind::integer, 0}, {"days", TypeKind::integer, 1}});
    declarations.add_record("profile", {{"plan", TypeKind::string, 2}});
    declarations.add_record("score", {{"churn", TypeKind::real, 3}});
    return declarations;
}

Program compiled(const std::string& text) {
    auto program = compile(text, shop(), Limits{});
    INFO(text);
    REQUIRE(program);
    return *program;
}

std::string comparisons_of(const std::string& text, int slot) {
    const SlotUse use = literal_comparisons(compiled(text), slot);
    std::string result = use.is_used_otherwise ? "otherwise" : "only";
    for (const auto& [operation, literal] : use.comparisons) {
        result += std::string(" ") + operator_text(operation) + to_json_text(literal);
    }
    return result;
}

}  // namespace

TEST_CASE("a program names the slots that it reads") {
    CHECK(slots_read(compiled("feature.days > 3 && has(score.churn) && feature.days + feature.orders < 9")) ==
          std::vector<int>{0, 1, 3});
    CHECK(slots_read(compiled("1 + 2 == 3")).empty());
    CHECK(slots_read(compiled("profile.plan in ['pro', 'team']")) == std::vector<int>{2});
}

TEST_CASE("a program names the numbers that a slot is compared with") {
    CHECK(comparisons_of("feature.days > 30", 1) == "only >30");
    CHECK(comparisons_of("30 < feature.days", 1) == "only >30");
    CHECK(comparisons_of("7 >= feature.days || feature.days == 90", 1) == "only <=7 ==90");
    CHECK(comparisons_of("feature.days > 2 * 15 && feature.days != -1", 1) == "only >30 !=-1");
    CHECK(comparisons_of("feature.days < 2.5", 1) == "only <2.5");
    CHECK(comparisons_of("score.churn >= 0.5 ? feature.days > 1 : feature.days > 2", 1) == "only >1 >2");
    CHECK(comparisons_of("has(feature.days)", 1) == "only");
    CHECK(comparisons_of("feature.orders > 3", 1) == "only");
}

TEST_CASE("a slot that is more than compared is used otherwise") {
    CHECK(comparisons_of("feature.days > 30 && feature.days % 7 == 0", 1) == "otherwise >30");
    CHECK(comparisons_of("feature.days > feature.orders", 1) == "otherwise");
    CHECK(comparisons_of("feature.days in [1, 2]", 1) == "otherwise");
    CHECK(comparisons_of("string(feature.days) == '3'", 1) == "otherwise");
    CHECK(comparisons_of("[1].exists(d, d == feature.days)", 1) == "otherwise");
    CHECK(comparisons_of("profile.plan == 'pro'", 2) == "otherwise");
}

TEST_CASE("what reads no slot is evaluated once") {
    CHECK(compiled("duration('1h') + duration('30m') > duration('1h')").code().instructions.size() == 1);
    CHECK(compiled("feature.orders >= 2 * 3 + 1").code().instructions.size() == 1);
    CHECK(compiled("profile.plan in ['a', 'b', 'c']").code().instructions.size() == 3);
}

TEST_CASE("a condition is decided as yes, no or unknown") {
    const Program program = compiled("feature.orders >= 3 && score.churn < 0.5");
    const auto decided = [&](Value orders, Value churn) {
        return decide(program, std::vector<Value>{std::move(orders), Value(), Value(), std::move(churn)});
    };

    CHECK(decided(Value::integer(3), Value::real(0.25)) == Truth::yes);
    CHECK(decided(Value::integer(2), Value::real(0.25)) == Truth::no);
    CHECK(decided(Value::integer(2), Value()) == Truth::no);
    CHECK(decided(Value::integer(3), Value()) == Truth::unknown);
    CHECK(decide(compiled("feature.orders"), std::vector<Value>{Value::integer(1)}) == Truth::unknown);
}

TEST_CASE("a slot is compared by its amount whatever its kind") {
    const Program program = compiled("feature.orders > 2");

    CHECK(decide(program, std::vector<Value>{Value::integer(3)}) == Truth::yes);
    CHECK(decide(program, std::vector<Value>{Value::unsigned_integer(3)}) == Truth::yes);
    CHECK(decide(program, std::vector<Value>{Value::real(2.5)}) == Truth::yes);
    CHECK(decide(program, std::vector<Value>{Value::string("3")}) == Truth::unknown);
    CHECK(evaluate(program, std::vector<Value>{Value::string("3")}).error().kind ==
          EvaluationErrorKind::no_such_overload);
}

TEST_CASE("a program keeps its text and type and outlives its declarations") {
    const Program copy = [] {
        const Program program = compiled("profile.plan + '!'");
        return program;
    }();

    CHECK(copy.text() == "profile.plan + '!'");
    CHECK(to_text(copy.type()) == "string");
    CHECK(evaluate(copy, std::vector<Value>{{}, {}, Value::string("pro")})->as_text() == "pro!");
}

TEST_CASE("the limits of an expression are those that the caller gives") {
    const Limits narrow{.bytes = 20, .depth = 3, .nodes = 5};

    CHECK(compile("1 + 2", Declarations{}, narrow));
    CHECK(compile("1 + 2 + 3 + 4", Declarations{}, narrow).error().rule == "cel_limit");
    CHECK(compile("[1, 2, 3, 4, 5]", Declarations{}, narrow).error().rule == "cel_limit");
    CHECK(compile("1 + 2                        ", Declarations{}, narrow).error().rule == "cel_limit");
}

}  // namespace segmentd::rules::expression
