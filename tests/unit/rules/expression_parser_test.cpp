#include "rules/expression/parser.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>

#include "rules/expression/program.hpp"
#include "rules/expression/value_text.hpp"

namespace segmentd::rules::expression {
namespace {

std::string result_of(const std::string& text) {
    const auto program = compile(text, Declarations{}, Limits{});
    if (!program) return to_text(program.error());
    const Outcome outcome = evaluate(*program, {});
    return outcome ? to_json_text(*outcome) : "error: " + outcome.error().message;
}

struct Refusal {
    std::string rule;
    int line = 0;
    int column = 0;

    bool operator==(const Refusal&) const = default;
};

Refusal refusal_of(const std::string& text) {
    const auto tree = parse(text, Limits{});
    if (tree) return {};
    return {tree.error().rule, tree.error().where.line, tree.error().where.column};
}

std::string repeated(const std::string& part, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += part;
    return text;
}

}  // namespace

TEST_CASE("operators bind as the language definition says") {
    CHECK(result_of("1 + 2 * 3") == "7");
    CHECK(result_of("(1 + 2) * 3") == "9");
    CHECK(result_of("10 - 4 - 3") == "3");
    CHECK(result_of("100 / 5 / 2 * 3 % 7") == "2");
    CHECK(result_of("1 + 1 == 2 && 3 > 2") == "true");
    CHECK(result_of("true || false && false") == "true");
    CHECK(result_of("(true || false) && false") == "false");
    CHECK(result_of("!false && false") == "false");
    CHECK(result_of("-2 * 3") == "-6");
    CHECK(result_of("1 in [1] == true") == "true");
    CHECK(result_of("true ? 1 : false ? 2 : 3") == "1");
    CHECK(result_of("false ? 1 : false ? 2 : 3") == "3");
    CHECK(result_of("[[1, 2], [3, 4]][1][0]") == "3");
    CHECK(result_of("{'a': {'b': [5]}}.a.b[0]") == "5");
}

TEST_CASE("signs and numbers are read at the borders of their kinds") {
    CHECK(result_of("-9223372036854775808") == "-9223372036854775808");
    CHECK(result_of("9223372036854775807") == "9223372036854775807");
    CHECK(result_of("18446744073709551615u") == "18446744073709551615");
    CHECK(result_of("0xFF") == "255");
    CHECK(result_of("-0x10") == "-16");
    CHECK(result_of("0x1Fu") == "31");
    CHECK(result_of(".5e1") == "5");
    CHECK(result_of("1e-400") == "0");
    CHECK(result_of("--5") == "5");
    CHECK(result_of("---5") == "-5");
    CHECK(result_of("4 -1") == "3");

    CHECK(refusal_of("9223372036854775808") == Refusal{"cel_syntax", 1, 1});
    CHECK(refusal_of("18446744073709551616u") == Refusal{"cel_syntax", 1, 1});
    CHECK(refusal_of("1e400") == Refusal{"cel_syntax", 1, 1});
    CHECK(refusal_of("0x") == Refusal{"cel_syntax", 1, 1});
    CHECK(refusal_of("12abc") == Refusal{"cel_syntax", 1, 3});
}

TEST_CASE("escapes mean code points in strings and bytes in bytes") {
    CHECK(result_of(R"("\a\b\f\n\r\t\v\\\?\"\'\`" == "\x07\x08\x0c\x0a\x0d\x09\x0b\x5c\x3f\x22\x27\x60")") == "true");
    CHECK(result_of(R"('\u00e9\U0001F600' == 'é😀')") == "true");
    CHECK(result_of(R"(size('\377'))") == "1");
    CHECK(result_of(R"(size(bytes('\377')))") == "2");
    CHECK(result_of(R"(size(b'\377'))") == "1");
    CHECK(result_of(R"(b'é' == b'\303\251')") == "true");
    CHECK(result_of(R"(r'\n' == '\\n')") == "true");
    CHECK(result_of(R"(size(bR'\x41'))") == "4");
    CHECK(result_of("'''it's\n\"two\" lines'''") == R"("it's\n\"two\" lines")");
    CHECK(result_of(R"("""a""" + 'b')") == R"("ab")");

    CHECK(refusal_of(R"('\q')") == Refusal{"cel_syntax", 1, 2});
    CHECK(refusal_of(R"('ab\ud800')") == Refusal{"cel_syntax", 1, 4});
    CHECK(refusal_of(R"('\U00110000')") == Refusal{"cel_syntax", 1, 2});
    CHECK(refusal_of(R"(b'\u0041')") == Refusal{"cel_syntax", 1, 3});
    CHECK(refusal_of(R"('\400')") == Refusal{"cel_syntax", 1, 2});
    CHECK(refusal_of("'two\nlines'") == Refusal{"cel_syntax", 1, 1});
    CHECK(refusal_of("'open") == Refusal{"cel_syntax", 1, 1});
    CHECK(refusal_of("'\xff'") == Refusal{"cel_syntax", 1, 1});
}

TEST_CASE("blanks and comments part tokens and mean nothing") {
    CHECK(result_of(" 1\t+ // one\n 2 // two") == "3");
    CHECK(result_of("[1,\n 2,\n]\n.size( )") == "2");
}

TEST_CASE("a syntax error names the line and column where reading stopped") {
    CHECK(refusal_of("") == Refusal{"cel_syntax", 1, 1});
    CHECK(refusal_of("1 +") == Refusal{"cel_syntax", 1, 4});
    CHECK(refusal_of("(1") == Refusal{"cel_syntax", 1, 3});
    CHECK(refusal_of("1 2") == Refusal{"cel_syntax", 1, 3});
    CHECK(refusal_of("a = 1") == Refusal{"cel_syntax", 1, 3});
    CHECK(refusal_of("a &&\n b & c") == Refusal{"cel_syntax", 2, 4});
    CHECK(refusal_of("'é' + #") == Refusal{"cel_syntax", 1, 7});
    CHECK(refusal_of("!-x") == Refusal{"cel_syntax", 1, 2});
    CHECK(refusal_of("f(1,)") == Refusal{"cel_syntax", 1, 5});
    CHECK(refusal_of("{1: 2, 3}") == Refusal{"cel_syntax", 1, 9});
    CHECK(refusal_of("true ? 1") == Refusal{"cel_syntax", 1, 9});
    CHECK(refusal_of("while") == Refusal{"cel_syntax", 1, 1});
    CHECK(refusal_of("a.true") == Refusal{"cel_syntax", 1, 3});
    CHECK(refusal_of("a.`b") == Refusal{"cel_syntax", 1, 3});
}

TEST_CASE("reserved words may be fields, and quoted fields may hold signs") {
    CHECK(result_of("{'while': 1}.while") == "1");
    CHECK(result_of("{'content-type': 2}.`content-type`") == "2");
    CHECK(result_of("has({'a.b': 1}.`a.b`)") == "true");
}

TEST_CASE("macros refuse arguments of the wrong form") {
    CHECK(refusal_of("has(a)") == Refusal{"cel_syntax", 1, 5});
    CHECK(refusal_of("has(a['b'])") == Refusal{"cel_syntax", 1, 6});
    CHECK(refusal_of("[1].all(1, true)") == Refusal{"cel_syntax", 1, 9});
    CHECK(refusal_of("[1].map(a.b, 1)") == Refusal{"cel_syntax", 1, 11});
}

TEST_CASE("a macro with another number of arguments is an unknown function") {
    const auto program = compile("[1].all(x)", Declarations{}, Limits{});

    REQUIRE(!program);
    CHECK(program.error().where.column == 9);
}

TEST_CASE("chains of the lengths that the language demands are read") {
    CHECK(result_of(repeated("1 + ", 200) + "1") == "201");
    CHECK(result_of(repeated("true && ", 5000) + "false") == "false");
    CHECK(result_of(repeated("(", 200) + "1" + repeated(")", 200)) == "1");
    CHECK(result_of(repeated("[", 100) + "1" + repeated("]", 100) + repeated("[0]", 100)) == "1");
    CHECK(result_of(repeated("!", 100) + "true") == "true");
}

TEST_CASE("deep and long expressions are refused fast") {
    const auto start = std::chrono::steady_clock::now();

    CHECK(refusal_of(repeated("(", 10'000) + "1" + repeated(")", 10'000)).rule == "cel_limit");
    CHECK(refusal_of(repeated("[", 10'000) + repeated("]", 10'000)).rule == "cel_limit");
    CHECK(refusal_of(repeated("!", 10'000) + "true").rule == "cel_limit");
    CHECK(refusal_of(repeated("1 + ", 10'000) + "1").rule == "cel_limit");
    CHECK(refusal_of(repeated("true ? 1 : ", 5'000) + "1").rule == "cel_limit");
    CHECK(refusal_of("a" + repeated(".a", 10'000)).rule == "cel_limit");
    CHECK(refusal_of(repeated("1 + ", 250'000) + "1").rule == "cel_limit");
    CHECK(refusal_of("[" + repeated("1,", 30'000) + "1]").rule == "cel_limit");

    CHECK(std::chrono::steady_clock::now() - start < std::chrono::milliseconds(400));
}

TEST_CASE("ten thousand parentheses are refused within 50 ms") {
    const std::string text = repeated("(", 10'000) + "1" + repeated(")", 10'000);
    const auto start = std::chrono::steady_clock::now();

    const auto tree = parse(text, Limits{});

    CHECK(std::chrono::steady_clock::now() - start < std::chrono::milliseconds(50));
    REQUIRE(!tree);
    CHECK(to_text(tree.error()) ==
          "the expression is nested more than 250 levels deep [cel_limit]; split it into several conditions");
}

TEST_CASE("the tree keeps macros and chains as they stand in the text") {
    const auto tree = parse("a && b && list.filter(x, x > 1).size() == 2", Limits{});

    REQUIRE(tree);
    const SyntaxNode& root = tree->nodes[tree->root];
    CHECK(root.kind == SyntaxKind::logical_and);
    REQUIRE(root.children.size() == 3);
    const SyntaxNode& comparison = tree->nodes[root.children[2]];
    CHECK(comparison.operation == BinaryOperator::equal);
    const SyntaxNode& size = tree->nodes[comparison.children[0]];
    CHECK(size.kind == SyntaxKind::method);
    const SyntaxNode& filter = tree->nodes[size.children[0]];
    CHECK(filter.kind == SyntaxKind::macro);
    CHECK(filter.macro == Macro::filter);
    CHECK(filter.name == "x");
}

}  // namespace segmentd::rules::expression
