// Numbers in rows of bytes that never leave the process. What is taken must have been appended in the same way.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

namespace segmentd {

// In as many bytes as its type has.
template <typename Number>
void append_bits(std::string& bytes, Number number) {
    bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

// Reads one and moves behind it, as the other two.
template <typename Number>
Number take_bits(const char*& at) {
    Number number;
    std::memcpy(&number, at, sizeof number);
    at += sizeof number;
    return number;
}

// In as few bytes as it needs: seven bits each, the lowest first, the eighth bit where more follow.
inline void append_varint(std::string& bytes, std::uint64_t number) {
    for (; number > 0x7F; number >>= 7) bytes += static_cast<char>(number | 0x80);
    bytes += static_cast<char>(number);
}

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
