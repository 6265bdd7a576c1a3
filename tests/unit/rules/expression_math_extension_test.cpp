#include "rules/expression/math_extension.hpp"

#include "tests/unit/rules/expression_outcomes.hpp"

namespace segmentd::rules::expression {

using tests::result_of;
using tests::type_of;

TEST_CASE("the greatest and the least of numbers keep their kind") {
    CHECK(result_of("type(math.greatest(3, 7u, 7.0)) == uint") == "true");
    CHECK(result_of("[math.greatest(3, -1), math.least(3.5, 4, 4u), math.least([2, 1]), math.greatest(5)]") ==
          "[3, 3.5, 1, 5]");
    CHECK(result_of("math.greatest(18446744073709551615u, 9223372036854775807)") == "18446744073709551615");
    CHECK(result_of("math.greatest([])") == "error: there is no number to choose from");
    CHECK(result_of("math.least(1, 'a')") == "error: only numbers are chosen from");
}

TEST_CASE("doubles are rounded, cut and asked what they are") {
    CHECK(result_of("[math.round(2.5), math.round(-2.5), math.ceil(1.2), math.floor(-1.2), math.trunc(-1.9)]") ==
          "[3, -3, 2, -2, -1]");
    CHECK(result_of("math.isNaN(0.0 / 0.0) && math.isInf(-1.0 / 0.0) && math.isFinite(1.5)") == "true");
    CHECK(result_of("[math.sqrt(9), math.sqrt(2.25), math.sqrt(16u)]") == "[3, 1.5, 4]");
    CHECK(result_of("math.isNaN(math.sqrt(-1))") == "true");
    CHECK(result_of("math.ceil(1)") == "error: this function takes other kinds of arguments");
}

TEST_CASE("sizes and signs exist for every number, and the least int has no opposite") {
    CHECK(result_of("[math.abs(-3), math.abs(-1.5), math.sign(-8), math.sign(0)]") == "[3, 1.5, -1, 0]");
    CHECK(result_of("[math.abs(3u), math.sign(9u)]") == "[3, 1]");
    CHECK(result_of("math.abs(-9223372036854775808)") == "error: the absolute number is beyond 64 bits");
}

TEST_CASE("bits are combined and shifted, and shifts fill with zeros") {
    CHECK(result_of("[math.bitAnd(6, 3), math.bitOr(6, 3), math.bitXor(6, 3), math.bitNot(6)]") == "[2, 7, 5, -7]");
    CHECK(result_of("[math.bitShiftLeft(1, 63), math.bitShiftLeft(1, 64), math.bitShiftRight(-1, 60)]") ==
          "[-9223372036854775808, 0, 15]");
    CHECK(result_of("math.bitShiftRight(8u, -1)") == "error: a shift goes by 0 places or more");
    CHECK(result_of("math.bitAnd(1, 1u)") == "error: this function takes other kinds of arguments");
}

TEST_CASE("functions on numbers are type-checked") {
    CHECK(type_of("math.greatest(1, 2)") == "int");
    CHECK(type_of("math.greatest(1, 2.0)") == "dyn");
    CHECK(type_of("math.abs(1.5)") == "double");
    CHECK(type_of("math.greatest(1, 'a')") ==
          "1:18: math.greatest chooses from numbers, not string [cel_type]; convert it, for example int(x)");
    CHECK(type_of("math.round(1)") ==
          "1:6: math.round does not take int [cel_type]; convert the argument, for example string(x)");
    CHECK(type_of("math.flor(1.5)") ==
          "1:6: there is no function math.flor [cel_unknown_name]; did you mean math.floor?");
}

}  // namespace segmentd::rules::expression
