// Encryption of what is stored: XChaCha20-Poly1305, which also proves that nothing was changed.
//
// A sealed text is its nonce (24 bytes) followed by ciphertext and tag. Associated data is not
// stored with it; opening needs the very same bytes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/sha256.hpp"

namespace segmentd::daemon {

using Key = std::array<std::uint8_t, 32>;
using Nonce = std::array<std::uint8_t, 24>;
using Bytes = std::vector<std::uint8_t>;

// Must have succeeded once before anything else here is used. Cheap to repeat; any thread.
Result<void> prepare_cryptography();

Key random_key();
Nonce random_nonce();

// Nonces that never repeat: 16 random bytes drawn once, then a number that the caller uses once.
class NonceSeries {
  public:
    NonceSeries() : nonce_(random_nonce()) {}
    Nonce numbered(std::uint64_t number) const;

  private:
    Nonce nonce_;
};

Bytes seal(const Key& key, const Nonce& nonce, std::span<const std::uint8_t> associated, std::string_view text);

// Nothing where the key, the associated data or any byte is not the one used for sealing.
std::optional<std::string> unseal(const Key& key, std::span<const std::uint8_t> associated,
                                  std::span<const std::uint8_t> sealed);

// A key for pseudonyms that follows from the master key and tells nothing about it; and the pseudonym of a
// text under it: the first 16 bytes of HMAC-SHA-256 (RFC 2104), in hexadecimal digits.
Key pseudonym_key_of(const Key& master);
std::string pseudonym(const Key& key, std::string_view text);

// A key for running hashes that follows from the master key; and the next hash of a series under it: the
// HMAC-SHA-256 of the one before and the text. Whoever lacks the key cannot make the hash of another series.
Key series_key_of(const Key& master);
Sha256 next_in_series(const Key& key, const Sha256& before, std::string_view text);

// 8 bytes, big-endian: the form in which numbers enter associated data.
std::array<std::uint8_t, 8> number_bytes(std::uint64_t number);

}  // namespace segmentd::daemon
