// Macros with two variables and cel.bind; those with one are tested beside the evaluation.
#include "tests/unit/rules/expression_outcomes.hpp"

namespace segmentd::rules::expression {

using tests::result_of;
using tests::type_of;

TEST_CASE("two variables are position and element of a list, or key and value of a map") {
    CHECK(result_of("[5, 6].all(i, v, v == i + 5) && {'a': 1}.all(k, v, k == 'a' && v == 1)") == "true");
    CHECK(result_of("[5, 6].exists(i, v, i == 1 && v == 6)") == "true");
    CHECK(result_of("[5, 6].existsOne(i, v, v > 4)") == "false");
    CHECK(result_of("[5, 6].existsOne(v, v > 5)") == "true");
    CHECK(result_of("[5, 6].exists(i, v, 1 / i > 5 || v == 6)") == "true");
}

TEST_CASE("lists and maps are made from pairs") {
    CHECK(result_of("[5, 6].transformList(i, v, [i, v])") == "[[0, 5], [1, 6]]");
    CHECK(result_of("{'a': 1, 'b': 2}.transformList(k, v, v > 1, k)") == R"(["b"])");
    CHECK(result_of("{'a': 1, 'b': 2}.transformMap(k, v, v * 10)") == R"({"a": 10, "b": 20})");
    CHECK(result_of("['x', 'y'].transformMap(i, v, i > 0, v)") == R"({"1": "y"})");
    CHECK(result_of("{'a': 'x'}.transformMapEntry(k, v, {v: k})") == R"({"x": "a"})");
    CHECK(result_of("['a', 'b'].transformMapEntry(i, v, v != 'a', {v: i})") == R"({"b": 1})");
    CHECK(result_of("['a', 'a'].transformMapEntry(i, v, {v: i})") == "error: the map names a key twice");
    CHECK(result_of("[1].transformMapEntry(i, v, 1)") == "error: the body of transformMapEntry is a map");
}

TEST_CASE("a name is bound for one expression") {
    CHECK(result_of("cel.bind(x, 2 + 3, x * x)") == "25");
    CHECK(result_of("cel.bind(x, [1, 2], cel.bind(y, x.size(), x.map(e, e * y)))") == "[2, 4]");
    CHECK(result_of("cel.bind(x, 1, cel.bind(x, x + 1, x))") == "2");
    CHECK(result_of("cel.bind(x, 1 / 0, true)") == "error: division by zero");
    CHECK(result_of("[1, 2].map(e, cel.bind(x, e, [x]))") == "[[1], [2]]");
}

TEST_CASE("macros are type-checked") {
    CHECK(type_of("cel.bind(x, 1, [x])") == "list<int>");
    CHECK(type_of("['a'].transformList(i, v, i)") == "list<int>");
    CHECK(type_of("{'a': 1}.transformMap(k, v, v > 0)") == "map<string, bool>");
    CHECK(type_of("{'a': 1}.transformMapEntry(k, v, {v: k})") == "map<int, string>");
    CHECK(type_of("[1].transformMapEntry(i, v, 1)") ==
          "1:29: the body of transformMapEntry is int [cel_type]; write a map with one entry: {key: value}");
    CHECK(type_of("[1].all(x, x, x > 0)") ==
          "1:12: the second argument of all() is the name of another variable [cel_syntax]; write list.all(i, item, "
          "...)");
    CHECK(type_of("cel.bind(1, 2, 3)").starts_with("1:10: the first argument of bind() is the name of a variable"));
    CHECK(type_of("cel.block([1], 2)") ==
          "1:5: there is no function cel.block [cel_unknown_name]; see "
          "docs/reference/expressions.md");
}

}  // namespace segmentd::rules::expression
