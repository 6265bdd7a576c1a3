// Whole numbers in as few bytes as they need: seven bits a byte, the lowest first, the eighth bit where more follow.
#pragma once

#include <cstdint>
#include <string>

namespace segmentd {

inline void append_varint(std::string& bytes, std::uint64_t number) {
    for (; number > 0x7F; number >>= 7) bytes += static_cast<char>(number | 0x80);
    bytes += static_cast<char>(number);
}

// Reads one that append_varint wrote and moves behind it.
inline std::uint64_t take_varint(const char*& at) {
    auto byte = static_cast<unsigned char>(*at++);
    if (byte <= 0x7F) return byte;
    std::uint64_t number = byte & 0x7FU;
    for (int shift = 7;; shift += 7) {
        byte = static_cast<unsigned char>(*at++);
        number |= std::uint64_t{byte & 0x7FU} << shift;
        if (byte <= 0x7F) return number;
    }
}

// Numbers of either sign, short where they are near 0: 0, -1, 1, -2, ... as 0, 1, 2, 3, ...
inline void append_signed_varint(std::string& bytes, std::int64_t number) {
    append_varint(bytes, static_cast<std::uint64_t>(number) << 1 ^ static_cast<std::uint64_t>(number >> 63));
}

inline std::int64_t take_signed_varint(const char*& at) {
    const auto number = take_varint(at);
    return static_cast<std::int64_t>(number >> 1) ^ -static_cast<std::int64_t>(number & 1);
}

}  // namespace segmentd
