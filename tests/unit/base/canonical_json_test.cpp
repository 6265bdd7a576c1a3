#include "base/canonical_json.hpp"

#include <bit>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

namespace segmentd {
namespace {

std::string canonical(std::string_view text) {
    return canonical_json(boost::json::parse(text)).value();
}

std::string number_text(std::uint64_t bits) {
    return canonical_json(std::bit_cast<double>(bits)).value();
}

TEST_CASE("numbers take ECMAScript's form: the table of RFC 8785, appendix B") {
    CHECK(number_text(0x0000000000000000) == "0");
    CHECK(number_text(0x8000000000000000) == "0");
    CHECK(number_text(0x0000000000000001) == "5e-324");
    CHECK(number_text(0x8000000000000001) == "-5e-324");
    CHECK(number_text(0x7fefffffffffffff) == "1.7976931348623157e+308");
    CHECK(number_text(0xffefffffffffffff) == "-1.7976931348623157e+308");
    CHECK(number_text(0x4340000000000000) == "9007199254740992");
    CHECK(number_text(0xc340000000000000) == "-9007199254740992");
    CHECK(number_text(0x4430000000000000) == "295147905179352830000");
    CHECK(number_text(0x44b52d02c7e14af5) == "9.999999999999997e+22");
    CHECK(number_text(0x44b52d02c7e14af6) == "1e+23");
    CHECK(number_text(0x44b52d02c7e14af7) == "1.0000000000000001e+23");
    CHECK(number_text(0x444b1ae4d6e2ef4e) == "999999999999999700000");
    CHECK(number_text(0x444b1ae4d6e2ef4f) == "999999999999999900000");
    CHECK(number_text(0x444b1ae4d6e2ef50) == "1e+21");
    CHECK(number_text(0x3eb0c6f7a0b5ed8c) == "9.999999999999997e-7");
    CHECK(number_text(0x3eb0c6f7a0b5ed8d) == "0.000001");
    CHECK(number_text(0x41b3de4355555553) == "333333333.3333332");
    CHECK(number_text(0x41b3de4355555554) == "333333333.33333325");
    CHECK(number_text(0x41b3de4355555555) == "333333333.3333333");
    CHECK(number_text(0x41b3de4355555556) == "333333333.3333334");
    CHECK(number_text(0x41b3de4355555557) == "333333333.33333343");
    CHECK(number_text(0xbecbf647612f3696) == "-0.0000033333333333333333");
    CHECK(number_text(0x43143ff3c1cb0959) == "1424953923781206.2");
}

TEST_CASE("NaN and infinity have no canonical text") {
    CHECK_FALSE(canonical_json(std::numeric_limits<double>::quiet_NaN()).has_value());
    CHECK_FALSE(canonical_json(std::numeric_limits<double>::infinity()).has_value());
    CHECK_FALSE(canonical_json(boost::json::array{1, -std::numeric_limits<double>::infinity()}).has_value());
}

TEST_CASE("integers are written as they are") {
    CHECK(canonical("[0,-0,1,-17,100,1e2,9007199254740991]") == "[0,0,1,-17,100,100,9007199254740991]");
}

TEST_CASE("an integer that no double holds is refused, so that two values never share a text") {
    CHECK_FALSE(canonical_json(boost::json::parse("9007199254740993")).has_value());
    CHECK_FALSE(canonical_json(std::numeric_limits<std::int64_t>::max()).has_value());
    CHECK_FALSE(canonical_json(std::numeric_limits<std::uint64_t>::max()).has_value());
    CHECK(canonical_json(std::numeric_limits<std::int64_t>::min()).value() == "-9223372036854776000");
    CHECK(canonical_json(std::uint64_t{1} << 63).value() == "9223372036854776000");
}

TEST_CASE("texts carry only the escapes that JSON demands") {
    CHECK(canonical(R"("\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/")") == "\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"");
    CHECK(canonical(R"("\b\t\f\r\u007f")") == "\"\\b\\t\\f\\r\x7f\"");
}

TEST_CASE("members are sorted by UTF-16 code units: the example of RFC 8785, section 3.2.3") {
    const std::string sorted = canonical(
        R"({"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",)"
        R"("\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"})");

    CHECK(sorted ==
          "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xC2\x80\":\"Control\","
          "\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\","
          "\"\xEF\xAC\xB3\":\"Hebrew Letter Dalet With Dagesh\"}");
}

TEST_CASE("nested values lose their white space and keep the order of arrays") {
    CHECK(canonical(R"( { "b" : [ 3, 1, { } , [ ] ] , "a" : { "z" : null, "y" : true, "" : false } } )") ==
          R"({"a":{"":false,"y":true,"z":null},"b":[3,1,{},[]]})");
}

}  // namespace
}  // namespace segmentd
