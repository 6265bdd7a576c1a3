#include "rules/load/readers.hpp"

#include <catch2/catch.hpp>

#include <string>

#include "rules/load/yaml_parse.hpp"

namespace segmentd::rules::load {
namespace {

// Reads the value of `key: <text>`; the rule that refuses it stands in `rule`.
template <typename T>
struct Read {
    std::optional<T> value;
    std::string rule;
    std::string hint;
};

template <typename T>
Read<T> read(const Reader<T>& reader, const std::string& text) {
    const auto documents = parse_documents("key: " + text + "\n");
    REQUIRE(documents.refusals.empty());
    Reading reading;
    reading.begin_file("file.yaml");
    auto value = reader.read(documents.nodes.at(0).entries.at(0).value, reading);
    const auto errors = reading.take_errors();
    if (errors.empty()) return {std::move(value), "", ""};
    CHECK_FALSE(value.has_value());
    return {std::nullopt, errors.front().rule, errors.front().hint};
}

}  // namespace

TEST_CASE("only true and false without quotes are booleans") {
    CHECK(read(boolean(), "true").value == true);
    CHECK(read(boolean(), "false").value == false);
    for (const char* text : {"no", "yes", "on", "off", "True", "1", "\"true\"", "[true]"}) {
        CHECK(read(boolean(), text).rule == "bad_boolean");
    }
}

TEST_CASE("whole numbers are decimal without leading zeros") {
    CHECK(read(integer_from(0), "5000").value == 5000);
    CHECK(read(integer_from(-10), "-3").value == -3);
    CHECK(read(integer_from(0), "0").value == 0);
    for (const char* text : {"010", "0x10", "1_000", "1e3", "+5", "5.0", "\"5\"", "99999999999999999999", "-0"}) {
        CHECK(read(integer_from(-100), text).rule == "bad_integer");
    }
    CHECK(read(integer_from(1), "0").rule == "out_of_range");
}

TEST_CASE("numbers are decimal and finite") {
    CHECK(read(number(), "0.5").value == 0.5);
    CHECK(read(number(), "-12").value == -12.0);
    CHECK(read(number(), "1e-3").value == 0.001);
    for (const char* text : {"007", ".5", "5.", "0x1F", ".inf", ".nan", "nan", "1,5", "1e999", "\"1\"", "5%"}) {
        CHECK(read(number(), text).rule == "bad_number");
    }
}

TEST_CASE("a share is a percentage or a number from 0 to 1") {
    CHECK(read(share(), "25%").value == 0.25);
    CHECK(read(share(), "\"25%\"").value == 0.25);
    CHECK(read(share(), "0.25").value == 0.25);
    CHECK(read(share(), "33.3333%").value == Approx(0.333333).epsilon(1e-12));
    CHECK(read(share(), "0").value == 0.0);
    CHECK(read(share(), "100%").value == 1.0);
    for (const char* text : {"120%", "-5%", "25", "1.01", "25 %", "'%'", "half", "2pp", "[25%]"}) {
        CHECK(read(share(), text).rule == "bad_share");
    }
}

TEST_CASE("a share inside the borders is neither none nor all") {
    CHECK(read(share_inside(), "5%").value == 0.05);
    CHECK(read(share_inside(), "0%").rule == "out_of_range");
    CHECK(read(share_inside(), "100%").rule == "out_of_range");
}

TEST_CASE("a measure is a number, a share of any size or percentage points") {
    CHECK(read(measure(), "3.5").value == 3.5);
    CHECK(read(measure(), "2pp").value == 0.02);
    CHECK(read(measure(), "150%").value == 1.5);
    CHECK(read(measure(), "2 pp").rule == "bad_number");
    CHECK(read(measure(), "many").rule == "bad_number");
}

TEST_CASE("durations have a unit") {
    CHECK(read(duration(), "90d").value == std::chrono::days(90));
    CHECK(read(duration(), "1d12h").value == std::chrono::hours(36));
    CHECK(read(duration(), "0d").value == Duration(0));
    CHECK(read(window(), "0d").rule == "out_of_range");
    for (const char* text : {"90", "d90", "-90d", "1.5d", "90 days", "[90d]"}) {
        CHECK_FALSE(read(duration(), text).value.has_value());
    }
}

TEST_CASE("money names its currency and is not negative") {
    CHECK(read(cost(), "120 EUR").value == Money{12000, "EUR"});
    CHECK(read(cost(), "-1 EUR").rule == "out_of_range");
    CHECK(read(cost(), "120").rule == "bad_money");
    CHECK(read(cost(), "EUR 120").rule == "bad_money");
}

TEST_CASE("dates are those of the calendar") {
    CHECK(to_text(*read(instant(), "2027-01-31").value) == "2027-01-31T00:00:00Z");
    CHECK(read(instant(), "2027-02-30").rule == "bad_date");
    CHECK(read(instant(), "31.01.2027").rule == "bad_date");
}

TEST_CASE("names are small letters, digits and underscores, at most 64") {
    const auto longest = std::string(64, 'a');

    CHECK(read(name<std::string>(plain_name), "orders_90d").value == "orders_90d");
    CHECK(read(name<std::string>(plain_name), longest).value == longest);
    for (const std::string text : {"Orders", "90d", "_x", "a-b", "a.b", "\"a b\"", "ä"}) {
        CHECK(read(name<std::string>(plain_name), text).rule == "bad_name");
    }
    CHECK(read(name<std::string>(plain_name), longest + "a").rule == "bad_name");
}

TEST_CASE("a mistyped word gets the nearest one as its hint") {
    const auto mistyped = read(word<Aggregate>(), "recentcy");

    CHECK(read(word<Aggregate>(), "recency").value == Aggregate::recency);
    CHECK(mistyped.rule == "unknown_word");
    CHECK(mistyped.hint == "did you mean 'recency'?");
}

TEST_CASE("texts are taken as they are written") {
    CHECK(read(text(), "no").value == "no");
    CHECK(read(text(), "010").value == "010");
    CHECK(read(text(), "\"null\"").value == "null");
    CHECK(read(text(), "\"\"").rule == "missing_value");
    CHECK(read(text(), "[a]").rule == "wrong_type");
}

TEST_CASE("an expression knows the place of its first character") {
    const auto place_of = [](const std::string& text) {
        const auto value = read(expression_text(), text).value;
        REQUIRE(value.has_value());
        return std::pair(value->place.line, value->place.column);
    };

    CHECK(place_of("feature.orders > 1") == std::pair(1, 6));
    CHECK(place_of("'feature.orders > 1'") == std::pair(1, 7));
    CHECK(place_of("\"feature.orders > 1\"") == std::pair(1, 7));
    CHECK(place_of("   feature.orders > 1") == std::pair(1, 9));
    CHECK(place_of(">-\n\n    feature.orders\n    > 1") == std::pair(3, 5));
    CHECK(place_of("|\n  feature.orders > 1") == std::pair(2, 3));
    CHECK(place_of("&name 'feature.orders > 1'") == std::pair(1, 13));
}

TEST_CASE("a condition is one expression or a list of at least one") {
    const auto one = read(condition(), "true").value;
    const auto two = read(condition(), "[a > 1, b > 2]").value;

    REQUIRE(one.has_value());
    CHECK(one->size() == 1);
    REQUIRE(two.has_value());
    CHECK(two->at(1).text == "b > 2");
    CHECK(two->at(1).place.column == 14);
    CHECK(read(condition(), "[]").rule == "missing_value");
    CHECK(read(condition(), "{a: b}").rule == "wrong_type");
}

}  // namespace segmentd::rules::load
