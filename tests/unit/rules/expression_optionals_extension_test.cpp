#include "rules/expression/optionals_extension.hpp"

#include "tests/unit/rules/expression_outcomes.hpp"

namespace segmentd::rules::expression {

using tests::result_of;
using tests::type_of;

namespace {

// profile.plan is there, profile.team is not.
Declarations profile() {
    Declarations declarations;
    declarations.add_record("profile", {{"plan", TypeKind::string, 0}, {"team", TypeKind::string, 1}});
    return declarations;
}

std::string result_on_profile(const std::string& text) {
    const auto program = compile(text, profile(), Limits{});
    if (!program) return tests::refusal_of(program.error());
    const Outcome outcome = evaluate(*program, std::vector<Value>{Value::string("pro"), Value()});
    return outcome ? to_json_text(*outcome) : "error: " + outcome.error().message;
}

}  // namespace

TEST_CASE("a field of a record that may be missing is an optional") {
    CHECK(result_on_profile("profile.?plan.orValue('free')") == "\"pro\"");
    CHECK(result_on_profile("profile.?team.orValue('free')") == "\"free\"");
    CHECK(result_on_profile("profile[?'team'].or(profile.?plan).value()") == "\"pro\"");
    CHECK(result_on_profile("profile.?team.hasValue() || profile.team == 'a'") == "error: profile.team is missing");
    CHECK(result_on_profile("profile.?plan.orValue(3)") ==
          "1:15: orValue does not take optional<string>, int [cel_type]; convert the argument, for example string(x)");
    CHECK(result_on_profile("profile.?plna.hasValue()") ==
          "1:10: profile has no field plna [cel_unknown_name]; did you mean profile.plan?");
    CHECK(slots_read(compile("profile.?team.hasValue()", profile(), Limits{}).value()) == std::vector<int>{1});
}

TEST_CASE("optional access finds nothing where a key or an element is not there") {
    CHECK(result_of("[{'a': 1}.?a.value(), {'a': 1}.?b.orValue(2), [7][?0].value(), [7][?3].orValue(9)]") ==
          "[1, 2, 7, 9]");
    CHECK(result_of("{'a': {'b': 1}}.?a.b.value()") == "1");
    CHECK(result_of("{'a': {'b': 1}}.?x.b.c.hasValue()") == "false");
    CHECK(result_of("has({'a': 1}.?x.b)") == "false");
    CHECK(result_of("'text'[?0]") == "error: only lists and maps have elements");
    CHECK(result_of("optional.none().value()") == "error: the optional holds no value");
}

TEST_CASE("the other value is evaluated only where there is none") {
    CHECK(result_of("optional.of(1).orValue(1 / 0)") == "1");
    CHECK(result_of("optional.of(1).or(optional.of(1 / 0)).value()") == "1");
    CHECK(result_of("optional.none().orValue(1 / 0)") == "error: division by zero");
    CHECK(result_of("optional.none().or(1)") == "error: or() gives an optional");
}

TEST_CASE("empty values are no values for ofNonZeroValue") {
    CHECK(result_of("[0, 0u, 0.0, '', b'', false, null, [], {}, duration('0s')].all(v, "
                    "!optional.ofNonZeroValue(v).hasValue())") == "true");
    CHECK(result_of("[1, 'a', [0], timestamp(0), -0.5].all(v, optional.ofNonZeroValue(v).hasValue())") == "true");
}

TEST_CASE("lists and maps take in what is there") {
    CHECK(result_of("[1, ?optional.of(2), ?optional.none()]") == "[1, 2]");
    CHECK(result_of("{'a': 1, ?'b': optional.none(), ?'c': {'x': 3}.?x}") == R"({"a": 1, "c": 3})");
    CHECK(result_of("[?1]") == "error: the entry after '?' is an optional");
}

TEST_CASE("what an optional holds is mapped") {
    CHECK(result_of("optional.of(3).optMap(x, x * 2).value()") == "6");
    CHECK(result_of("optional.none().optMap(x, 1 / 0).hasValue()") == "false");
    CHECK(result_of("optional.of({'a': 1}).optFlatMap(m, m.?a).value()") == "1");
    CHECK(result_of("optional.of(1).optFlatMap(x, x)") == "error: the body of optFlatMap is an optional");
}

TEST_CASE("an optional is compared and written by what it holds") {
    CHECK(result_of("optional.of(1) == optional.of(1.0) && optional.of(1) != optional.none()") == "true");
    CHECK(result_of("type(optional.none()) == optional_type") == "true");
    CHECK(result_of("[optional.of('a'), optional.none()]") == R"(["a", null])");
}

TEST_CASE("optionals are type-checked") {
    CHECK(type_of("optional.of(1)") == "optional<int>");
    CHECK(type_of("{'a': 1}.?a.value()") == "int");
    CHECK(type_of("[?optional.of(1), 2]") == "list<int>");
    CHECK(type_of("optional.of(1).optMap(x, string(x))") == "optional<string>");
    CHECK(type_of("optional.of(1) > 0") ==
          "1:16: optional<int> > int has no meaning [cel_type]; ask it for its value: x.orValue(...)");
    CHECK(type_of("[?1]") ==
          "1:2: the entry after '?' is int, not an optional [cel_type]; leave out the '?', or write optional.of(x)");
    CHECK(type_of("1.optMap(x, x)") == "1:3: int is no optional [cel_type]; write optional.of(x), or x.?field");
}

}  // namespace segmentd::rules::expression
