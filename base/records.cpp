#include "base/records.hpp"

#include <algorithm>
#include <cassert>

#include "base/payload_members.hpp"

namespace segmentd {
namespace {

constexpr std::array type_words = {
    "workspace", "signal",       "profile",  "consent",        "suppression", "assignment", "model",
    "tick",      "clock",        "delivery", "alarm",          "exposure",    "pause",      "review",
    "learning",  "tester_touch", "resend",   "pilot_decision", "token",       "validation", "group"};
static_assert(std::variant_size_v<Payload> == type_words.size());

template <typename Number>
std::uint8_t* put_big_endian(std::uint8_t* at, Number number) {
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        at[i] = static_cast<std::uint8_t>(number >> (8 * (sizeof(Number) - 1 - i)));
    }
    return at + sizeof(Number);
}

}  // namespace

const char* to_word(RecordType type) {
    const auto number = static_cast<std::size_t>(type);
    assert(number >= 1 && number <= type_words.size() && "a record type is one of the enumeration");
    return type_words[number - 1];
}

std::array<std::uint8_t, 52> header_bytes(const RecordHeader& header) {
    std::array<std::uint8_t, 52> bytes;
    std::uint8_t* at = put_big_endian(bytes.data(), header.sequence);
    at = put_big_endian(at, static_cast<std::uint16_t>(header.type));
    at = put_big_endian(at, static_cast<std::uint64_t>(to_microseconds(header.engine_time)));
    at = put_big_endian(at, header.schema);
    std::copy(header.payload_hash.begin(), header.payload_hash.end(), at);
    return bytes;
}

}  // namespace segmentd
