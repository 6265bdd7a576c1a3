#include "rules/expression/functions.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <iterator>
#include <set>
#include <sstream>
#include <string>

#include "rules/expression/program.hpp"
#include "rules/expression/value_text.hpp"

namespace segmentd::rules::expression {
namespace {

Outcome outcome_of(const std::string& text) {
    Declarations declarations;
    declarations.use_time_zones([](std::string_view zone, std::int64_t) -> std::optional<std::int64_t> {
        if (zone == "Test/East") return 5 * 3600 + 45 * 60;
        return std::nullopt;
    });
    const auto program = compile_unchecked(text, declarations, Limits{});
    INFO(text);
    REQUIRE(program);
    return evaluate(*program, {});
}

std::string result_of(const std::string& text) {
    const Outcome outcome = outcome_of(text);
    return outcome ? to_json_text(*outcome) : "error";
}

}  // namespace

TEST_CASE("size counts code points, bytes, elements and entries") {
    CHECK(result_of("size('πέντε')") == "5");
    CHECK(result_of("'😀'.size()") == "1");
    CHECK(result_of("size(b'\\xff\\x00')") == "2");
    CHECK(result_of("[1, [2, 3]].size()") == "2");
    CHECK(result_of("size({'a': 1})") == "1");
    CHECK(result_of("size(1)") == "error");
}

TEST_CASE("strings are searched by parts and by regular expressions") {
    CHECK(result_of("'Straße'.contains('aß') && !'a'.contains('b')") == "true");
    CHECK(result_of("'forté'.startsWith('fo') && 'forté'.endsWith('té')") == "true");
    CHECK(result_of("'grey'.matches('^gr(a|e)y$') && matches('banana', 'na')") == "true");
    CHECK(result_of("'abc'.matches('^b')") == "false");
    CHECK(result_of("'a'.matches('(')") == "error");
    CHECK(result_of("['(', 'a'].map(p, 'a'.matches(p))") == "error");
    CHECK(result_of("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'.matches('(a*)*b')") == "false");
    CHECK(result_of("1.contains('a')") == "error");
}

TEST_CASE("numbers are converted within their ranges") {
    CHECK(result_of("[int(42u), int(-7.9), int('-12'), int('+5')]") == "[42, -7, -12, 5]");
    CHECK(result_of("int(9223372036854775807.0)") == "error");
    CHECK(result_of("int(-9223372036854775808.0)") == "error");
    CHECK(result_of("int(0.0/0.0)") == "error");
    CHECK(result_of("int(18446744073709551615u)") == "error");
    CHECK(result_of("int('0x10')") == "error");
    CHECK(result_of("int(' 1')") == "error");
    CHECK(result_of("int('9223372036854775808')") == "error");
    CHECK(result_of("[uint(3), uint(3.99), uint('300')]") == "[3, 3, 300]");
    CHECK(result_of("uint(-1)") == "error");
    CHECK(result_of("uint(-0.5)") == "error");
    CHECK(result_of("uint('-1')") == "error");
    CHECK(result_of("[double(2), double(2u), double('1e-3'), double('-0.0')]") == "[2, 2, 0.001, -0]");
    CHECK(result_of("double('nan') != double('nan')") == "true");
    CHECK(result_of("double('1e999')") == "error");
    CHECK(result_of("double('')") == "error");
    CHECK(result_of("int(true)") == "error");
}

TEST_CASE("strings, bytes and bools are converted") {
    CHECK(result_of("string(-4.5e-3) + string(true) + string(7u) + string(b'\\303\\277')") == "\"-0.0045true7ÿ\"");
    CHECK(result_of("string(b'\\xff')") == "error");
    CHECK(result_of("bytes('ÿ') == b'\\303\\277'") == "true");
    CHECK(result_of("[bool('t'), bool('FALSE'), bool('1')]") == "[true, false, true]");
    CHECK(result_of("bool('tRuE')") == "error");
    CHECK(result_of("string([1])") == "error");
}

TEST_CASE("type() names the kind of a value") {
    CHECK(result_of("type(1) == int && type(1u) == uint && type(1.0) == double") == "true");
    CHECK(result_of("type('') == string && type(b'') == bytes && type(null) == null_type") == "true");
    CHECK(result_of("type([]) == list && type({}) == map && type(int) == type") == "true");
    CHECK(result_of("type(timestamp(0)) == google.protobuf.Timestamp") == "true");
    CHECK(result_of("type(duration('1s'))") == "\"google.protobuf.Duration\"");
}

TEST_CASE("timestamps are read, written and counted") {
    CHECK(result_of("timestamp('2009-02-13T23:31:30.5+01:00')") == "\"2009-02-13T22:31:30.5Z\"");
    CHECK(result_of("int(timestamp('2009-02-13T23:31:30Z'))") == "1234567890");
    CHECK(result_of("timestamp(-62135596800)") == "\"0001-01-01T00:00:00Z\"");
    CHECK(result_of("timestamp('9999-12-31T23:59:59.999999999Z')") == "\"9999-12-31T23:59:59.999999999Z\"");
    CHECK(result_of("timestamp(253402300800)") == "error");
    CHECK(result_of("timestamp('0000-01-01T00:00:00Z')") == "error");
    CHECK(result_of("timestamp('2009-02-30T00:00:00Z')") == "error");
    CHECK(result_of("timestamp('2009-02-13')") == "error");
    CHECK(result_of("timestamp('2009-02-13T24:00:00Z')") == "error");
    CHECK(result_of("timestamp('2009-02-13T23:31:30')") == "error");
}

TEST_CASE("durations are sums of units") {
    CHECK(result_of("duration('1h30m') == duration('5400s')") == "true");
    CHECK(result_of("[duration('-1.5s'), duration('1ms2us3ns'), duration('0'), duration('.5h')]") ==
          R"(["-1.5s", "0.001002003s", "0s", "1800s"])");
    CHECK(result_of("duration('9223372036.854775807s')") == "\"9223372036.854775807s\"");
    CHECK(result_of("duration('9223372036.854775808s')") == "error");
    CHECK(result_of("duration('320000000000s')") == "error");
    for (const char* text : {"''", "'-'", "'1'", "'s'", "'1d'", "'1 s'", "'.s'"}) {
        CHECK(result_of("duration(" + std::string(text) + ")") == "error");
    }
}

TEST_CASE("timestamps and durations are added and subtracted within their ranges") {
    CHECK(result_of("timestamp('2024-02-28T00:00:00Z') + duration('24h')") == "\"2024-02-29T00:00:00Z\"");
    CHECK(result_of("duration('1ns') + timestamp(0) - duration('2ns')") == "\"1969-12-31T23:59:59.999999999Z\"");
    CHECK(result_of("timestamp(90) - timestamp(0)") == "\"90s\"");
    CHECK(result_of("timestamp('9999-12-31T23:59:59.999999999Z') + duration('1ns')") == "error");
    CHECK(result_of("timestamp('0001-01-01T00:00:00Z') - duration('1ns')") == "error");
    CHECK(result_of("timestamp('9999-12-31T00:00:00Z') - timestamp('0001-01-01T00:00:00Z')") == "error");
    CHECK(result_of("duration('9000000000s') + duration('9000000000s')") == "error");
    CHECK(result_of("duration('1s') - timestamp(0)") == "error");
}

TEST_CASE("the parts of a timestamp are those of its time zone") {
    const std::string instant = "timestamp('2009-02-13T23:31:30.123456789Z')";
    const auto part = [&](const std::string& call) { return result_of(instant + "." + call); };

    CHECK(part("getFullYear()") == "2009");
    CHECK(part("getMonth()") == "1");
    CHECK(part("getDate()") == "13");
    CHECK(part("getDayOfMonth()") == "12");
    CHECK(part("getDayOfWeek()") == "5");
    CHECK(part("getDayOfYear()") == "43");
    CHECK(part("getHours()") == "23");
    CHECK(part("getMinutes()") == "31");
    CHECK(part("getSeconds()") == "30");
    CHECK(part("getMilliseconds()") == "123");
    CHECK(part("getDate('+01:00')") == "14");
    CHECK(part("getHours('-09:30')") == "14");
    CHECK(part("getHours('02:00')") == "1");
    CHECK(part("getHours('UTC')") == "23");
    CHECK(part("getMinutes('Test/East')") == "16");
    CHECK(part("getHours('Nowhere/Land')") == "error");
    CHECK(part("getHours('+25:00')") == "error");
    CHECK(result_of("timestamp('0001-01-01T00:00:00Z').getFullYear('-01:00')") == "0");
}

TEST_CASE("the parts of a duration are whole units") {
    CHECK(result_of("duration('10000s').getHours()") == "2");
    CHECK(result_of("duration('3730s').getMinutes()") == "62");
    CHECK(result_of("duration('-3730.9s').getSeconds()") == "-3730");
    CHECK(result_of("duration('123.321456789s').getMilliseconds()") == "321");
    CHECK(result_of("duration('1s').getDate()") == "error");
}

namespace {

// Of CEL and its extension libraries.
constexpr auto published =
    "size contains startsWith endsWith matches bool bytes double dyn duration int string timestamp type "
    "uint getDate getDayOfMonth getDayOfWeek getDayOfYear getFullYear getHours getMilliseconds getMinutes "
    "getMonth getSeconds charAt format indexOf join lastIndexOf lowerAscii strings.quote replace reverse "
    "split substring trim upperAscii math.abs math.bitAnd math.bitNot math.bitOr math.bitShiftLeft "
    "math.bitShiftRight math.bitXor math.ceil math.floor math.greatest math.isFinite math.isInf "
    "math.isNaN math.least math.round math.sign math.sqrt math.trunc optional.none optional.of "
    "optional.ofNonZeroValue hasValue or orValue value";

}  // namespace

TEST_CASE("every function is one of CEL and its libraries, or says by its prefix that it is ours") {
    std::istringstream words(published);
    const std::set<std::string> known{std::istream_iterator<std::string>(words), {}};

    for (const auto& name : function_names()) {
        INFO(name);
        CHECK((known.contains(name) || name.starts_with("segmentd.")));
    }
}

TEST_CASE("overloads of one function stand beside each other") {
    for (const auto& name : function_names()) {
        for (const auto style : {CallStyle::function, CallStyle::method}) {
            for (const auto& overload : find_overloads(name, style)) {
                INFO(name);
                const auto beside = overloads_of(overload.function);
                CHECK(std::ranges::any_of(beside, [&](const Overload& other) {
                    return other.style == style && other.parameters == overload.parameters &&
                           other.arity == overload.arity;
                }));
            }
        }
    }
}

}  // namespace segmentd::rules::expression
