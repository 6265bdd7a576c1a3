#include "base/attribute.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "base/exact_units.hpp"

namespace segmentd {
namespace {

bool is_refused(std::string_view text, AttributeType type) {
    return !parse_attribute(text, type, 2).has_value();
}

Attribute read(std::string_view text, AttributeType type) {
    return parse_attribute(text, type, 2).value();
}

double in_ones(const Attribute& value) {
    return static_cast<double>(to_exact_units(value)) / exact_units_per_number;
}

}  // namespace

TEST_CASE("every type has a word that reads back") {
    for (const auto type : {AttributeType::text, AttributeType::number, AttributeType::integer, AttributeType::boolean,
                            AttributeType::money, AttributeType::time}) {
        CHECK(parse_attribute_type(to_word(type)).value() == type);
    }
    CHECK_FALSE(parse_attribute_type("string").has_value());
}

TEST_CASE("a text is read as its declared type") {
    CHECK(read("007", AttributeType::text) == Attribute(std::string("007")));
    CHECK(read("-1.5e2", AttributeType::number) == Attribute(-150.0));
    CHECK(read("-42", AttributeType::integer) == Attribute(std::int64_t{-42}));
    CHECK(read("1", AttributeType::boolean) == Attribute(true));
    CHECK(read("false", AttributeType::boolean) == Attribute(false));
    CHECK(read("29.33", AttributeType::money) == Attribute(MinorUnits{2933}));
    CHECK(read("1970-01-02", AttributeType::time) == Attribute(start_of_day(1)));
}

TEST_CASE("a text of another type is refused") {
    CHECK(is_refused("many", AttributeType::number));
    CHECK(is_refused("", AttributeType::number));
    CHECK(is_refused("1 ", AttributeType::number));
    CHECK(is_refused("inf", AttributeType::number));
    CHECK(is_refused("nan", AttributeType::number));
    CHECK(is_refused("1e999", AttributeType::number));
    CHECK(is_refused("1.0", AttributeType::integer));
    CHECK(is_refused("9223372036854775808", AttributeType::integer));
    CHECK(is_refused("True", AttributeType::boolean));
    CHECK(is_refused("1,5", AttributeType::money));
    CHECK(is_refused("noon", AttributeType::time));
}

TEST_CASE("an attribute knows its type") {
    CHECK(type_of(Attribute(MinorUnits{1})) == AttributeType::money);
    CHECK(type_of(Attribute(from_microseconds(1))) == AttributeType::time);
    CHECK(type_of(Attribute(std::string())) == AttributeType::text);
}

TEST_CASE("money counts in minor units and everything else in units of 2^-20") {
    CHECK(static_cast<std::int64_t>(to_exact_units(MinorUnits{-2933})) == -2933);
    CHECK(static_cast<std::int64_t>(to_exact_units(1.5)) == 1'572'864);
    CHECK(static_cast<std::int64_t>(to_exact_units(std::int64_t{-2})) == -2'097'152);
    CHECK(static_cast<std::int64_t>(to_exact_units(true)) == 1'048'576);
}

TEST_CASE("a number between two units goes to the even one") {
    const double half_a_unit = 0.5 / exact_units_per_number;

    CHECK(static_cast<std::int64_t>(to_exact_units(half_a_unit)) == 0);
    CHECK(static_cast<std::int64_t>(to_exact_units(3 * half_a_unit)) == 2);
}

TEST_CASE("texts and times count nothing") {
    CHECK(in_ones(Attribute(std::string("12"))) == Approx(0));
    CHECK(in_ones(Attribute(from_microseconds(12))) == Approx(0));
}

TEST_CASE("numbers beyond 1e30 units are cut and what is no number counts nothing") {
    CHECK(static_cast<double>(to_exact_units(1e300)) == Approx(1e30));
    CHECK(static_cast<double>(to_exact_units(-std::numeric_limits<double>::infinity())) == Approx(-1e30));
    CHECK(in_ones(Attribute(std::numeric_limits<double>::quiet_NaN())) == Approx(0));
}

}  // namespace segmentd
