#include "rules/expression/cost.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "rules/expression/evaluation.hpp"
#include "rules/expression/program.hpp"
#include "tests/unit/rules/expression_outcomes.hpp"

namespace segmentd::rules::expression {
namespace {

// Texts of at most 16 bytes, lists of at most 4 elements.
Limits small_world() {
    Limits limits;
    limits.text_bytes = 16;
    limits.elements = 4;
    return limits;
}

Declarations names() {
    Declarations declarations;
    declarations.add_variable("text", TypeKind::string, 0);
    declarations.add_variable("words", Type::list_of(TypeKind::string), 1);
    declarations.add_variable("counts", Type::map_of(TypeKind::string, TypeKind::integer), 2);
    declarations.add_variable("anything", Type(), 3);
    return declarations;
}

// As large as the small world allows.
std::vector<Value> row() {
    const Value text = Value::string("aaaaaaaaaaaaaaaa");
    std::vector<MapEntry> entries;
    for (const char* key : {"a", "b", "c", "d"}) entries.push_back({Value::string(key), Value::integer(1)});
    return {text, Value::list({text, text, text, text}), Value::map(std::move(entries)).value(),
            Value::list({text, text, text, text})};
}

std::uint64_t cost_of(const std::string& text) {
    return compile(text, names(), small_world()).value().cost();
}

std::string refusal_of(const std::string& text) {
    const auto program = compile(text, names(), Limits{});
    return program ? "cost " + std::to_string(program->cost()) : tests::refusal_of(program.error());
}

std::string repeated(const std::string& text, int times) {
    std::string result;
    for (int i = 0; i < times; ++i) result += text;
    return result;
}

// Ways to make a larger expression of two smaller ones, and what to begin with, by type.
const std::vector<std::string> text_leaves = {"text", "'b'", "''", "string(7)", "words[0]"};
const std::vector<std::string> list_leaves = {"words", "['a', text]", "[]", "text.split('a')"};

std::string text_from(int depth);

std::string list_from(int depth) {
    if (depth == 0) return *rc::gen::elementOf(list_leaves);
    const std::string left = list_from(depth - 1);
    const std::string text = text_from(depth - 1);
    return *rc::gen::elementOf(std::vector<std::string>{
        left + ".map(e, e + " + text + ")", left + ".filter(e, e.contains(" + text + "))",
        left + ".transformList(i, e, e.replace('a', " + text + "))", "(" + left + " + [" + text + "])",
        "[" + text + ", ?optional.of(" + text + ")]", text + ".split(" + text + ", 3)",
        left + ".transformMap(i, e, " + text + ").map(k, string(k))"});
}

std::string text_from(int depth) {
    if (depth == 0) return *rc::gen::elementOf(text_leaves);
    const std::string left = text_from(depth - 1);
    const std::string list = list_from(depth - 1);
    return *rc::gen::elementOf(std::vector<std::string>{
        "(" + left + " + " + left + ")", list + ".join(" + left + ")", left + ".replace('', " + left + ")",
        "'%s %s'.format([" + left + ", " + list + "])", "(" + list + ".size() > 2 ? " + left + " : 'no')",
        "cel.bind(x, " + left + ", x + x)", list + "[?1].orValue(" + left + ")", "strings.quote(" + left + ")",
        "optional.of(" + left + ").optMap(x, x + 'a').value()"});
}

}  // namespace

TEST_CASE("a comparison costs a step, a walk costs its body for every element that there may be") {
    CHECK(cost_of("1 < 2") == 1);
    CHECK(cost_of("text == 'a'") == 1);
    CHECK(cost_of("words.all(w, w == 'a')") == 8);
    CHECK(cost_of("words.all(w, words.exists(v, v == w))") == 36);
    CHECK(cost_of("[1, 2].all(w, w > 0)") == 5);
    CHECK(cost_of("counts.all(k, v, v > 0)") == 8);
}

TEST_CASE("only one branch of a conditional is counted, the dearer one") {
    CHECK(cost_of("text == 'a' ? words.all(w, w == 'a') : true") == 9);
    CHECK(cost_of("text == 'a' ? true : words.all(w, w == 'a')") == 9);
}

TEST_CASE("an expression that may cost too much is refused with its cost and the limit where it stands") {
    CHECK(refusal_of("true &&\n words.all(a, words.all(b, a == b))") ==
          "2:8: the expression may cost 34001000 steps, at most 100000 are allowed [cel_limit]; do not walk over a "
          "list for each element of another, and search in shorter texts");
    CHECK(refusal_of("words.all(w, w == 'a')") == "cost 2000");
    CHECK(refusal_of("anything.all(x, x.price > 10 && x.name == 'a' && x.seats == 2)") == "cost 4000");
    CHECK(refusal_of("text.matches('^[a-z]+@example[.]com$')") == "cost 97");
}

TEST_CASE("a runaway expression is refused, whatever it runs over") {
    std::string walks = "true";
    for (int i = 0; i < 40; ++i) walks = "anything.all(x" + std::to_string(i) + ", " + walks + ")";
    CHECK(refusal_of(walks).find("may cost 1001000 steps") != std::string::npos);
    std::string digits = "x > 0";
    for (int i = 0; i < 12; ++i) digits = "[1,2,3,4,5,6,7,8,9,10].all(x, " + digits + ")";
    CHECK(refusal_of(digits).find("may cost 222221 steps") != std::string::npos);
    std::string doubled = "x0.size() > 0";
    for (int i = 0; i < 60; ++i) {
        const std::string next = std::to_string(i + 1);
        doubled = "cel.bind(x" + std::to_string(i) + ", x" + next + " + x" + next + ", " + doubled + ")";
    }
    CHECK(refusal_of("cel.bind(x60, text, " + doubled + ")").find("[cel_limit]") != std::string::npos);
    CHECK(refusal_of("'a'" + repeated(".replace('a', 'aaaaaaaaaaaaaaaa')", 20)).find("[cel_limit]") !=
          std::string::npos);
}

TEST_CASE("an expression that is too long or nested too deeply is refused before anything is built") {
    CHECK(refusal_of(repeated("1 + ", 250'000) + "1") ==
          "1:1: the expression has 1000001 bytes, at most 65536 are allowed [cel_limit]; split it into several "
          "conditions");
    CHECK(refusal_of(repeated("(", 10'000) + "1" + repeated(")", 10'000)) ==
          "1:251: the expression is nested more than 250 levels deep [cel_limit]; split it into several conditions");
}

TEST_CASE("a regular expression that would explode is refused where it stands") {
    CHECK(refusal_of("text.matches('((a{100}){100}){100}')").starts_with("1:14: '((a{100}){100}){100}' is no regular"));
    CHECK(refusal_of("text.matches('(((x{50}y){50}z){20}')").starts_with("1:14: "));
    CHECK(refusal_of("text.matches('" + repeated("(a|b)?", 400) + "')")
              .starts_with("1:14: a regular expression has at most 1000 bytes"));
}

TEST_CASE("no evaluation takes more steps than were foreseen") {
    rc::check([] {
        const std::string text = text_from(*rc::gen::inRange(1, 4));
        Limits limits = small_world();
        limits.cost = most_steps * most_steps;
        const auto program = compile(text, names(), limits);
        RC_ASSERT(program.has_value());
        const auto values = row();
        Evaluation evaluation(program->code(), values);
        Value scratch;
        evaluation.value_of(program->code().root, scratch);
        RC_LOG() << text << ": " << evaluation.steps() << " steps, " << program->cost() << " foreseen\n";
        RC_ASSERT(evaluation.steps() <= program->cost());
    });
}

}  // namespace segmentd::rules::expression
