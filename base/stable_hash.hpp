// A fast hash that is the same on every machine and in every version: for looking things up and for
// partitions, never where somebody could gain from a collision (SHA-256 is for that).
#pragma once

#include <cstdint>
#include <string_view>

namespace segmentd {

struct StableHash {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    auto operator<=>(const StableHash&) const = default;
};

// XXH3, 128 bits, of the bytes (xxHash 0.8, whose output is fixed).
StableHash stable_hash(std::string_view bytes);

}  // namespace segmentd
