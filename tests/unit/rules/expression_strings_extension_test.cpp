#include "rules/expression/strings_extension.hpp"

#include "tests/unit/rules/expression_outcomes.hpp"

namespace segmentd::rules::expression {

using tests::result_of;
using tests::type_of;

TEST_CASE("positions in a text count code points") {
    CHECK(result_of("'naïve'.charAt(2) + '|' + 'naïve'.charAt(5)") == "\"ï|\"");
    CHECK(result_of("['über-ü'.indexOf('ü'), 'über-ü'.lastIndexOf('ü'), 'über'.indexOf('z')]") == "[0, 5, -1]");
    CHECK(result_of("['abcabc'.indexOf('c', 3), 'abcabc'.lastIndexOf('a', 2), 'ab'.indexOf('', 2)]") == "[5, 0, 2]");
    CHECK(result_of("'smörgås'.substring(2, 5) + '|' + 'smörgås'.substring(5)") == "\"örg|ås\"");
    CHECK(result_of("'smörgås'.reverse()") == "\"sågröms\"");
}

TEST_CASE("a position outside of a text is an error that names it") {
    CHECK(result_of("'abc'.charAt(4)") == "error: the text has no position 4");
    CHECK(result_of("'abc'.indexOf('c', -1)") == "error: the text has no position -1");
    CHECK(result_of("'abc'.lastIndexOf('c', 3)") == "error: the text has no position 3");
    CHECK(result_of("'abc'.substring(2, 1)") == "error: the text has no position 1");
    CHECK(result_of("'abc'.substring(-9223372036854775807)") == "error: the text has no position -9223372036854775807");
}

TEST_CASE("texts are replaced, split and joined") {
    CHECK(result_of("'a-b-c'.replace('-', '+') + ' ' + 'a-b-c'.replace('-', '', 1)") == "\"a+b+c ab-c\"");
    CHECK(result_of("'äb'.replace('', '.') + ' ' + 'ab'.replace('', '.', 2)") == "\".ä.b. .a.b\"");
    CHECK(result_of("'ab'.replace('b', 'x', 0)") == "\"ab\"");
    CHECK(result_of("'a,b,,c'.split(',')") == R"(["a", "b", "", "c"])");
    CHECK(result_of("['a,b,c'.split(',', 2), 'a,b'.split(',', 0), 'a,b'.split(',', -1)]") ==
          R"([["a", "b,c"], [], ["a", "b"]])");
    CHECK(result_of("['äbc'.split(''), 'äbc'.split('', 2), ''.split(''), ''.split(',')]") ==
          R"([["ä", "b", "c"], ["ä", "bc"], [], [""]])");
    CHECK(result_of("['a', 'b'].join() + ['a', 'b', ''].join(', ')") == "\"aba, b, \"");
    CHECK(result_of("['a', 1].join()") == "error: only strings can be joined");
}

TEST_CASE("white space of every script is trimmed, letters of ASCII change their case") {
    CHECK(result_of("'\\u3000\\t pro \\u2028'.trim() == 'pro' && '\\u200b'.trim() == '\\u200b'") == "true");
    CHECK(result_of("'Größe A'.lowerAscii() + 'Größe a'.upperAscii()") == "\"größe aGRößE A\"");
}

TEST_CASE("a quoted text can be written into an expression again") {
    CHECK(result_of(R"(strings.quote('say "hi"\n\t\\'))") == R"("\"say \\\"hi\\\"\\n\\t\\\\\"")");
}

TEST_CASE("a format writes numbers, texts, lists and maps") {
    CHECK(result_of("'%s has %d seats, %.1f %%'.format(['team', 12, 3.25])") == "\"team has 12 seats, 3.2 %\"");
    CHECK(result_of("'%b %o %x %X %x'.format([5, 8, 255, 255u, 'az'])") == "\"101 10 ff FF 617a\"");
    CHECK(result_of("'%x %b'.format([-255, -9223372036854775807 - 1])") ==
          "\"-ff -1000000000000000000000000000000000000000000000000000000000000000\"");
    CHECK(result_of("'%e %f %d'.format([12345.678, 1, 1e20])") == "\"1.234568e+04 1.000000 100000000000000000000\"");
    CHECK(result_of("'%s'.format([[1, 'a', '', {'z': null, 1: 1.5}]])") == "\"[1, a, , {1: 1.5, z: null}]\"");
    CHECK(result_of("'%d %f'.format([0.0 / 0.0, -1.0 / 0.0])") == "\"NaN -Infinity\"");
}

TEST_CASE("a format that does not fit its values is an error") {
    CHECK(result_of("'%d %d'.format([1])") == "error: the format asks for more than 1 values");
    CHECK(result_of("'%q'.format([1])").starts_with("error: a clause of the format is none of"));
    CHECK(result_of("'%'.format([1])").starts_with("error: a clause of the format is none of"));
    CHECK(result_of("'%.101f'.format([1.0])").starts_with("error: a clause of the format is none of"));
    CHECK(result_of("'%d'.format(['a'])") == "error: %d takes numbers, not string");
    CHECK(result_of("'%f'.format(['1.5'])") == "error: %f takes numbers, not string");
    CHECK(result_of("'%b'.format([1.5])") == "error: %b does not take double");
    CHECK(result_of("'%s'.format([optional.none()])") == "error: %s cannot write optional_type");
}

TEST_CASE("a text that would grow beyond its limit is an error and is not made") {
    const std::string long_text = "'" + std::string(10'000, 'x') + "'";
    const auto program = [](const std::string& text) {
        Limits limits;
        limits.cost = most_steps * most_steps;
        return evaluate(compile_unchecked(text, Declarations{}, limits).value(), {});
    };

    const auto grown = program(long_text + ".replace('x', " + long_text + ")");

    REQUIRE(!grown);
    CHECK(grown.error().kind == EvaluationErrorKind::work_limit);
}

TEST_CASE("functions on texts are type-checked") {
    CHECK(type_of("'a'.split(',')") == "list<string>");
    CHECK(type_of("['a'].join()") == "string");
    CHECK(type_of("[1].join()") ==
          "1:5: join does not take list<int> [cel_type]; convert the argument, for example string(x)");
    CHECK(type_of("'a'.charAt('1')") ==
          "1:5: charAt does not take string, string [cel_type]; convert the argument, for example string(x)");
    CHECK(type_of("'a'.substrin(1)") ==
          "1:5: there is no function substrin [cel_unknown_name]; did you mean substring?");
    CHECK(type_of("strings.quot('a')") ==
          "1:9: there is no function strings.quot [cel_unknown_name]; did you mean strings.quote?");
}

}  // namespace segmentd::rules::expression
