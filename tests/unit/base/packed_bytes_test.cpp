#include "base/packed_bytes.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "base/random.hpp"

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
        const auto number = static_cast<std::int64_t>(random.below(most)) >> random.below(63);
        numbers.push_back(random.below(2) == 0 ? number : -number);
    }
    std::string bytes;
    for (const auto number : numbers) append_signed_varint(bytes, number);

    const char* at = bytes.data();
    for (const auto number : numbers) REQUIRE(take_signed_varint(at) == number);
    CHECK(at == bytes.data() + bytes.size());
    CHECK(bytes.substr(0, 4) == std::string("\0\1\2\x7F", 4));
}

TEST_CASE("numbers of a fixed length come back bit by bit") {
    std::string bytes;
    append_bits(bytes, std::uint32_t{4'000'000'000});
    append_bits(bytes, -0.0);

    const char* at = bytes.data();
    CHECK(take_bits<std::uint32_t>(at) == 4'000'000'000);
    CHECK(std::signbit(take_bits<double>(at)));
    CHECK(at == bytes.data() + 12);
}

}  // namespace segmentd::tests
