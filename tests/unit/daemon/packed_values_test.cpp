#include <catch2/catch.hpp>
#include <limits>

#include "base/random.hpp"
#include "daemon/engine/population/packed_values.hpp"
#include "rules/expression/value_text.hpp"

namespace segmentd::tests {
namespace {

using rules::expression::Value;

// The bytes that a value takes; that it comes back as it was, and that what follows it does, is checked on the way.
std::size_t bytes_of(const Value& value) {
    std::string packed;
    daemon::pack(packed, value);
    const auto bytes = packed.size();
    daemon::pack(packed, Value::integer(7));
    std::string_view rest = packed;
    REQUIRE(daemon::take_json(rest) == (value.is_missing() ? "null" : rules::expression::to_json_text(value)));
    REQUIRE(daemon::take_json(rest) == "7");
    REQUIRE(rest.empty());
    return bytes;
}

}  // namespace

TEST_CASE("a packed value takes few bytes") {
    CHECK(bytes_of(Value()) == 1);
    CHECK(bytes_of(Value::boolean(true)) == 1);
    CHECK(bytes_of(Value::boolean(false)) == 1);
    CHECK(bytes_of(Value::integer(3)) == 2);
    CHECK(bytes_of(Value::integer(-300)) == 3);
    CHECK(bytes_of(Value::real(250.09)) == 4);
    CHECK(bytes_of(Value::real(0.328125)) == 5);
    CHECK(bytes_of(Value::real(1.0 / 3.0)) == 9);
    CHECK(bytes_of(Value::string("pro")) == 5);
}

TEST_CASE("a packed value comes back exactly, whatever it is") {
    using Real = std::numeric_limits<double>;
    for (const double value : {0.0, -0.0, 0.1, -0.01, 1e15, 1e16, 1e300, Real::min(), Real::denorm_min(), Real::max(),
                               Real::epsilon(), Real::infinity(), -Real::infinity(), Real::quiet_NaN(), 16777217.0}) {
        CHECK(bytes_of(Value::real(value)) <= 9);
    }
    bytes_of(Value::integer(std::numeric_limits<std::int64_t>::min()));
    bytes_of(Value::integer(std::numeric_limits<std::int64_t>::max()));
    bytes_of(Value::unsigned_integer(std::numeric_limits<std::uint64_t>::max()));
    bytes_of(Value::string(""));
    bytes_of(Value::string("a \"quoted\" line\nand another, \xC3\xA9t\xC3\xA9"));
    bytes_of(Value::string(std::string(100'000, 'x')));
    bytes_of(Value::null());
    bytes_of(Value::list({Value::integer(1), Value::string("two")}));
    bytes_of(Value::timestamp(Timestamp{}));
    bytes_of(Value::duration(std::chrono::hours(3)));
    Random random(3, "values");
    for (int i = 0; i < 2'000; ++i) {
        const auto bits = random.below(std::numeric_limits<std::uint64_t>::max());
        bytes_of(Value::real(std::bit_cast<double>(bits)));
        bytes_of(Value::real(static_cast<double>(bits % 1'000'000) / 100.0));
    }
}

}  // namespace segmentd::tests
