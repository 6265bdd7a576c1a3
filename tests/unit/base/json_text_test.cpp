#include "base/json_text.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <limits>

namespace segmentd {

namespace json = boost::json;

TEST_CASE("members come in the order in which they were put") {
    CHECK(json_text(json::object{{"b", 1}, {"a", json::array{true, nullptr, "x"}}, {"c", json::object{}}}) ==
          R"({"b":1,"a":[true,null,"x"],"c":{}})");
}

TEST_CASE("numbers stand in their shortest form") {
    CHECK(json_text(json::array{0.25, 100.0, 1e21, -0.1, 1.0 / 3}) == "[0.25,100,1e+21,-0.1,0.3333333333333333]");
    CHECK(json_text(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
    CHECK(json_text(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
}

TEST_CASE("what has no form in JSON is null") {
    CHECK(json_text(json::array{std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) ==
          "[null,null]");
}

TEST_CASE("texts are escaped so that every reader gets them back") {
    const json::value text = "a \"quote\", a \\, a\nline and \x01";

    CHECK(json::parse(json_text(text)) == text);
}

TEST_CASE("empty containers stay empty containers") {
    CHECK(json_text(json::array{}) == "[]");
    CHECK(json_text(json::object{}) == "{}");
}

}  // namespace segmentd
