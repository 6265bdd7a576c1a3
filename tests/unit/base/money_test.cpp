#include "base/money.hpp"

#include <catch2/catch.hpp>
#include <limits>

namespace segmentd {
namespace {

constexpr auto largest = std::numeric_limits<std::int64_t>::max();

std::int64_t minor_units(std::string_view text, int digits = 2) {
    return parse_minor_units(text, digits).value();
}

}  // namespace

TEST_CASE("currencies have two digits, some none and some three") {
    CHECK(currency_digits("EUR") == 2);
    CHECK(currency_digits("JPY") == 0);
    CHECK(currency_digits("KWD") == 3);
}

TEST_CASE("money is an amount, a space and a currency") {
    CHECK(parse_money("120 EUR").value() == Money{12000, "EUR"});
    CHECK(parse_money("0.02 USD").value() == Money{2, "USD"});
    CHECK(parse_money("-4.5 EUR").value() == Money{-450, "EUR"});
    CHECK(parse_money("1.234 KWD").value() == Money{1234, "KWD"});
}

TEST_CASE("money with more digits than its currency, or in another form, is refused") {
    for (const auto* text : {"", "120", "EUR", "120EUR", "120 eur", "120 EURO", "1.234 EUR", "1.0 JPY", "1,50 EUR",
                             "x EUR", " EUR", "1e3 EUR", "120  EUR"}) {
        INFO(text);
        CHECK_FALSE(parse_money(text).has_value());
    }
}

TEST_CASE("money is written with all the digits of its currency") {
    CHECK(to_text(Money{12000, "EUR"}) == "120.00 EUR");
    CHECK(to_text(Money{-5, "EUR"}) == "-0.05 EUR");
    CHECK(to_text(Money{120, "JPY"}) == "120 JPY");
    CHECK(to_text(Money{1, "KWD"}) == "0.001 KWD");
}

TEST_CASE("a decimal text becomes minor units without a binary fraction between") {
    CHECK(minor_units("29.33") == 2933);
    CHECK(minor_units("-4") == -400);
    CHECK(minor_units("+4.1") == 410);
    CHECK(minor_units(".5") == 50);
    CHECK(minor_units("1.15") == 115);
}

TEST_CASE("digits beyond the currency's are rounded half to even") {
    CHECK(minor_units("0.125") == 12);
    CHECK(minor_units("0.135") == 14);
    CHECK(minor_units("0.1250001") == 13);
    CHECK(minor_units("0.1249999") == 12);
    CHECK(minor_units("-0.125") == -12);
    CHECK(minor_units("2.5", 0) == 2);
    CHECK(minor_units("3.5", 0) == 4);
}

TEST_CASE("texts that are no decimal are refused") {
    for (const auto* text : {"", "-", ".", "1.2.3", "1e3", "12a", " 1", "0x1", "--1", "1,5"}) {
        INFO(text);
        CHECK_FALSE(parse_minor_units(text, 2).has_value());
    }
}

TEST_CASE("an amount that does not fit is refused, also when only its rounding does not") {
    CHECK(minor_units("9223372036854775807", 0) == largest);
    CHECK_FALSE(parse_minor_units("9223372036854775808", 0).has_value());
    CHECK_FALSE(parse_minor_units("9223372036854775807.9", 0).has_value());
    CHECK_FALSE(parse_minor_units("92233720368547758.08", 2).has_value());
    CHECK_FALSE(parse_minor_units("999999999999999999", 2).has_value());
}

TEST_CASE("a number becomes the nearest minor units") {
    CHECK(to_minor_units(29.33, 2).value() == 2933);
    CHECK(to_minor_units(0.125, 2).value() == 12);
    CHECK(to_minor_units(-4, 0).value() == -4);
    CHECK_FALSE(to_minor_units(1e14, 2).has_value());
    CHECK_FALSE(to_minor_units(std::numeric_limits<double>::infinity(), 2).has_value());
    CHECK_FALSE(to_minor_units(std::numeric_limits<double>::quiet_NaN(), 2).has_value());
}

TEST_CASE("minor units are shown in major units") {
    CHECK(to_major_units(2933, 2) == Approx(29.33));
    CHECK(to_major_units(2933, 0) == Approx(2933));
    CHECK(power_of_ten(3) == 1000);
}

}  // namespace segmentd
