#include "daemon/store/sealing.hpp"

#include <sodium.h>

#include <algorithm>

#include "base/sha256.hpp"

namespace segmentd::daemon {
namespace {

constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(nonce_size == std::tuple_size_v<Nonce>);
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == std::tuple_size_v<Key>);
static_assert(crypto_auth_hmacsha256_BYTES == std::tuple_size_v<Key>);

std::array<std::uint8_t, 32> hmac(const Key& key, std::string_view text);

}  // namespace

Result<void> prepare_cryptography() {
    if (::sodium_init() < 0) return fail(ErrorCode::unavailable, "libsodium cannot start on this machine");
    return {};
}

Key random_key() {
    Key key;
    ::randombytes_buf(key.data(), key.size());
    return key;
}

Nonce random_nonce() {
    Nonce nonce;
    ::randombytes_buf(nonce.data(), nonce.size());
    return nonce;
}

Nonce NonceSeries::numbered(std::uint64_t number) const {
    Nonce nonce = nonce_;
    const auto bytes = number_bytes(number);
    std::copy(bytes.begin(), bytes.end(), nonce.end() - bytes.size());
    return nonce;
}

Bytes seal(const Key& key, const Nonce& nonce, std::span<const std::uint8_t> associated, std::string_view text) {
    Bytes sealed(nonce_size + text.size() + tag_size);
    std::copy(nonce.begin(), nonce.end(), sealed.begin());
    ::crypto_aead_xchacha20poly1305_ietf_encrypt(
        sealed.data() + nonce_size, nullptr, reinterpret_cast<const unsigned char*>(text.data()), text.size(),
        associated.data(), associated.size(), nullptr, nonce.data(), key.data());
    return sealed;
}

std::optional<std::string> unseal(const Key& key, std::span<const std::uint8_t> associated,
                                  std::span<const std::uint8_t> sealed) {
    if (sealed.size() < nonce_size + tag_size) return std::nullopt;
    const auto ciphertext = sealed.subspan(nonce_size);
    std::string text(ciphertext.size() - tag_size, '\0');
    const int failed = ::crypto_aead_xchacha20poly1305_ietf_decrypt(
        reinterpret_cast<unsigned char*>(text.data()), nullptr, nullptr, ciphertext.data(), ciphertext.size(),
        associated.data(), associated.size(), sealed.data(), key.data());
    if (failed != 0) return std::nullopt;
    return text;
}

Key pseudonym_key_of(const Key& master) {
    constexpr std::string_view purpose = "segmentd: pseudonyms of customers in papers";
    return hmac(master, purpose);
}

std::string pseudonym(const Key& key, std::string_view text) {
    const auto code = hmac(key, text);
    return to_hex(std::span(code).first<16>());
}

Key series_key_of(const Key& master) {
    constexpr std::string_view purpose = "segmentd: running hashes of tables";
    return hmac(master, purpose);
}

Sha256 next_in_series(const Key& key, const Sha256& before, std::string_view text) {
    std::string bytes(before.begin(), before.end());
    bytes += text;
    return hmac(key, bytes);
}

std::array<std::uint8_t, 8> number_bytes(std::uint64_t number) {
    std::array<std::uint8_t, 8> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
    return bytes;
}

namespace {

std::array<std::uint8_t, 32> hmac(const Key& key, std::string_view text) {
    std::array<std::uint8_t, 32> code;
    crypto_auth_hmacsha256_state state;
    ::crypto_auth_hmacsha256_init(&state, key.data(), key.size());
    ::crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    ::crypto_auth_hmacsha256_final(&state, code.data());
    return code;
}

}  // namespace
}  // namespace segmentd::daemon
