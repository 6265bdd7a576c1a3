// SHA-256 (FIPS 180-4): of bytes at hand or of bytes that come piece by piece, and hexadecimal text.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace segmentd {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(std::string_view bytes);
Sha256 sha256(std::span<const std::uint8_t> bytes);

// The same hash over all bytes added, however they were cut. One thread at a time.
class Sha256Stream {
  public:
    Sha256Stream();
    ~Sha256Stream();
    Sha256Stream(Sha256Stream&&) noexcept;
    Sha256Stream& operator=(Sha256Stream&&) noexcept;

    void add(std::string_view bytes);
    void add(std::span<const std::uint8_t> bytes);
    void add_number(std::uint64_t number);  // eight bytes, big-endian

    // The hash of everything since the start or the last finish; the stream begins anew.
    Sha256 finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// Two lower-case digits a byte.
std::string to_hex(std::span<const std::uint8_t> bytes);

// Reads digits of either case. An odd count and any other character are errors.
Result<std::vector<std::uint8_t>> from_hex(std::string_view text);

}  // namespace segmentd
