#include <catch2/catch.hpp>
#include <limits>

#include "base/random.hpp"
#include "base/varint.hpp"

namespace segmentd::tests {
namespace {

std::size_t bytes_of(std::uint64_t number) {
    std::string bytes;
    append_varint(bytes, number);
    const char* at = bytes.data();
    REQUIRE(take_varint(at) == number);
    REQUIRE(at == bytes.data() + bytes.size());
    return bytes.size();
}

}  // namespace

TEST_CASE("a whole number takes a byte for each seven bits") {
    CHECK(bytes_of(0) == 1);
    CHECK(bytes_of(127) == 1);
    CHECK(bytes_of(128) == 2);
    CHECK(bytes_of(16'383) == 2);
    CHECK(bytes_of(16'384) == 3);
    CHECK(bytes_of(std::numeric_limits<std::uint64_t>::max()) == 10);
}

TEST_CASE("numbers of either sign come back as they were, one after the other") {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    std::vector<std::int64_t> numbers = {0, -1, 1, -64, 64, most, least};
    Random random(7, "varints");
    for (int i = 0; i < 1'000; ++i) {
        numbers.push_back(static_cast<std::int64_t>(random.below(most)) >> random.below(63));
    }
    std::string bytes;
    for (const auto number : numbers) append_signed_varint(bytes, number);

    const char* at = bytes.data();
    for (const auto number : numbers) REQUIRE(take_signed_varint(at) == number);
    CHECK(at == bytes.data() + bytes.size());
    CHECK(bytes.substr(0, 4) == std::string("\0\1\2\x7F", 4));
}

}  // namespace segmentd::tests
