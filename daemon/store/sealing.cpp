#include "daemon/store/sealing.hpp"

#include <sodium.h>

#include <algorithm>

namespace segmentd::daemon {
namespace {

constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(nonce_size == std::tuple_size_v<Nonce>);
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == std::tuple_size_v<Key>);

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

std::array<std::uint8_t, 8> number_bytes(std::uint64_t number) {
    std::array<std::uint8_t, 8> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
    return bytes;
}

}  // namespace segmentd::daemon
