#include "rules/expression/value.hpp"

#include <catch2/catch.hpp>
#include <utility>

#include "rules/expression/compare.hpp"
#include "rules/expression/value_text.hpp"

namespace segmentd::rules::expression {

TEST_CASE("a value is sixteen bytes and starts as missing") {
    CHECK(sizeof(Value) == 16);
    CHECK(Value().is_missing());
    CHECK_FALSE(Value::null().is_missing());
}

TEST_CASE("a copied value shares its text and a moved one leaves missing behind") {
    Value first = Value::string("a long text that is stored once");
    const Value second = first;

    CHECK(first.as_text().data() == second.as_text().data());

    const Value third = std::move(first);

    CHECK(first.is_missing());  // NOLINT: what moving leaves is part of the claim
    CHECK(third.as_text() == second.as_text());
}

TEST_CASE("a value assigned to itself or out of its own list stays whole") {
    Value value = Value::list({Value::string("inner")});

    const Value& same = value;
    value = same;
    value = value.as_list()[0];

    CHECK(value.as_text() == "inner");
}

TEST_CASE("instants before 1970 keep their nanoseconds positive") {
    const Value value = Value::timestamp(from_microseconds(-1));

    CHECK(value.as_instant() == Instant{-1, 999'999'000});
    CHECK(to_json_text(value) == "\"1969-12-31T23:59:59.999999Z\"");
}

TEST_CASE("values are written as JSON for people") {
    CHECK(to_json_text(Value()) == "\"(missing)\"");
    CHECK(to_json_text(Value::null()) == "null");
    CHECK(to_json_text(Value::real(0.1)) == "0.1");
    CHECK(to_json_text(Value::real(-1e300 * 1e300)) == "\"-Infinity\"");
    CHECK(to_json_text(Value::string("\"\\\n\x01é")) == R"("\"\\\n\u0001é")");
    CHECK(to_json_text(Value::bytes("\xff\x01")) == "\"/wE=\"");
    CHECK(to_json_text(Value::bytes("abc")) == "\"YWJj\"");
    CHECK(to_json_text(Value::duration(std::chrono::milliseconds(-250))) == "\"-0.25s\"");
    CHECK(to_json_text(Value::type(Kind::null)) == "\"null_type\"");
    CHECK(to_json_text(Value::list({Value::integer(1), Value::boolean(true)})) == "[1, true]");
    const auto map = Value::map({{Value::string("b"), Value::integer(2)}, {Value::integer(1), Value::null()}});
    CHECK(to_json_text(*map) == R"({"1": null, "b": 2})");
}

TEST_CASE("the keys of a map are one number whatever their kind") {
    const auto map = Value::map({{Value::integer(-1), Value::string("below")},
                                 {Value::unsigned_integer(18'446'744'073'709'551'615u), Value::string("largest")},
                                 {Value::integer(1), Value::string("one")},
                                 {Value::boolean(true), Value::string("yes")}});

    REQUIRE(map);
    const Map& entries = map->as_map();
    CHECK(entries.find(Value::unsigned_integer(1))->as_text() == "one");
    CHECK(entries.find(Value::real(1.0))->as_text() == "one");
    CHECK(entries.find(Value::real(-1.0))->as_text() == "below");
    CHECK(entries.find(Value::boolean(true))->as_text() == "yes");
    CHECK(entries.find(Value::real(1.5)) == nullptr);
    CHECK(entries.find(Value::real(0x1p64)) == nullptr);
    CHECK(entries.find(Value::string("1")) == nullptr);
    CHECK(entries.find(Value::null()) == nullptr);
}

TEST_CASE("a map refuses repeated keys and keys of other kinds") {
    const auto repeated = Value::map({{Value::integer(1), {}}, {Value::unsigned_integer(1), {}}});
    const auto unsupported = Value::map({{Value::real(1), {}}});

    CHECK(repeated.error() == MapFault::repeated_key);
    CHECK(unsupported.error() == MapFault::unsupported_key);
}

TEST_CASE("weight and height grow with what a value holds") {
    const Value inner = Value::list({Value::integer(1), Value::integer(2)});
    const Value outer = Value::list({inner, inner});

    CHECK(Value::integer(1).weight() == 1);
    CHECK(inner.weight() == 3);
    CHECK(outer.weight() == 7);
    CHECK(outer.height() == 2);
    CHECK(Value::string(std::string(80, 'x')).weight() == 11);
}

TEST_CASE("order exists within a kind and among numbers") {
    CHECK(order(Value::integer(-1), Value::unsigned_integer(0)) == std::partial_ordering::less);
    CHECK(order(Value::string("a"), Value::string("á")) == std::partial_ordering::less);
    CHECK(order(Value::timestamp(Instant{0, 1}), Value::timestamp(Instant{0, 2})) == std::partial_ordering::less);
    CHECK_FALSE(order(Value::string("a"), Value::bytes("a")).has_value());
    CHECK_FALSE(order(Value::null(), Value::null()).has_value());
    CHECK(equal(Value::null(), Value::null()));
    CHECK_FALSE(equal(Value(), Value()));
}

}  // namespace segmentd::rules::expression
