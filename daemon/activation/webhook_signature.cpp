#include "daemon/activation/webhook_signature.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <optional>

#include "daemon/net/base64.hpp"

namespace segmentd::daemon {
namespace {

constexpr std::string_view shared_prefix = "whsec_";
constexpr std::string_view signing_prefix = "whsk_";
constexpr std::string_view verifying_prefix = "whpk_";
constexpr std::string_view hmac_version = "v1,";
constexpr std::string_view ed25519_version = "v1a,";
constexpr std::size_t most_signatures = 20;

Result<WebhookKey> signing_key_of(const std::string& bytes);
std::string signed_text(std::string_view id, std::string_view timestamp, std::string_view body);
std::string ed25519_of(const WebhookKey& key, std::string_view text);
std::optional<std::int64_t> parse_seconds(std::string_view text);
bool is_signed_by(const WebhookKey& key, std::string_view signature, std::string_view text);
const unsigned char* as_bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* as_bytes(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

}  // namespace

Result<WebhookKey> parse_webhook_key(std::string_view text) {
    constexpr std::size_t least = 24, most = 64;
    for (const auto prefix : {shared_prefix, signing_prefix, verifying_prefix}) {
        if (!text.starts_with(prefix)) continue;
        const auto bytes = from_base64(text.substr(prefix.size()));
        if (!bytes) return fail(ErrorCode::invalid, fmt::format("no base64 follows {}", prefix), "copy the whole key");
        if (prefix == signing_prefix) return signing_key_of(*bytes);
        if (prefix == verifying_prefix && bytes->size() != crypto_sign_ed25519_PUBLICKEYBYTES) {
            return fail(ErrorCode::invalid, fmt::format("a public key has 32 bytes, this one {}", bytes->size()));
        }
        if (prefix == verifying_prefix) return WebhookKey{WebhookKey::Kind::verifying, *bytes};
        if (bytes->size() < least || bytes->size() > most) {
            return fail(ErrorCode::invalid, fmt::format("a secret has 24 to 64 bytes, this one {}", bytes->size()));
        }
        return WebhookKey{WebhookKey::Kind::shared, *bytes};
    }
    return fail(ErrorCode::invalid, "a webhook secret begins with whsec_ or whsk_", "copy the whole secret");
}

std::string make_webhook_secret() {
    [[maybe_unused]] const int ready = ::sodium_init();
    assert(ready >= 0 && "there is randomness on every system that this runs on");
    std::string bytes(32, '\0');
    ::randombytes_buf(bytes.data(), bytes.size());
    return fmt::format("{}{}", shared_prefix, to_base64(bytes));
}

std::string sign_webhook(std::span<const WebhookKey> keys, std::string_view id, std::int64_t timestamp_seconds,
                         std::string_view body) {
    assert(!keys.empty() && id.find('.') == std::string_view::npos && "a key, and an id without full stops");
    const std::string text = signed_text(id, std::to_string(timestamp_seconds), body);
    std::string header;
    for (const WebhookKey& key : keys) {
        assert(key.kind != WebhookKey::Kind::verifying && "a public key signs nothing");
        const bool is_shared = key.kind == WebhookKey::Kind::shared;
        header += fmt::format("{}{}{}", header.empty() ? "" : " ", is_shared ? hmac_version : ed25519_version,
                              to_base64(is_shared ? hmac_sha256(key.bytes, text) : ed25519_of(key, text)));
    }
    return header;
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
    std::string code(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256_state state;
    ::crypto_auth_hmacsha256_init(&state, as_bytes(key), key.size());
    ::crypto_auth_hmacsha256_update(&state, as_bytes(text), text.size());
    ::crypto_auth_hmacsha256_final(&state, as_bytes(code));
    return code;
}

Result<void> verify_webhook(std::span<const WebhookKey> keys, const WebhookHeaders& headers, std::string_view body,
                            std::int64_t now_seconds) {
    if (headers.id.empty() || headers.id.find('.') != std::string::npos) {
        return fail(ErrorCode::invalid, "webhook-id is missing or holds a full stop");
    }
    const auto seconds = parse_seconds(headers.timestamp);
    if (!seconds) return fail(ErrorCode::invalid, "webhook-timestamp is no count of seconds");
    if (*seconds < now_seconds - webhook_tolerance_seconds || *seconds > now_seconds + webhook_tolerance_seconds) {
        return fail(ErrorCode::invalid, fmt::format("webhook-timestamp is {} s off, at most {} s are accepted",
                                                    now_seconds - *seconds, webhook_tolerance_seconds));
    }
    const std::string text = signed_text(headers.id, headers.timestamp, body);
    std::string_view rest = headers.signature;
    for (std::size_t count = 0; count < most_signatures && !rest.empty(); ++count) {
        const std::string_view signature = rest.substr(0, rest.find(' '));
        rest.remove_prefix(std::min(rest.size(), signature.size() + 1));
        for (const WebhookKey& key : keys) {
            if (is_signed_by(key, signature, text)) return {};
        }
    }
    return fail(ErrorCode::invalid, "no signature in webhook-signature fits", "compare the secrets of both sides");
}

namespace {

Result<WebhookKey> signing_key_of(const std::string& bytes) {
    constexpr std::size_t seed_size = crypto_sign_ed25519_SEEDBYTES;
    constexpr std::size_t whole_size = crypto_sign_ed25519_SECRETKEYBYTES;
    if (bytes.size() != seed_size && bytes.size() != whole_size) {
        return fail(ErrorCode::invalid, fmt::format("a signing key has 32 or 64 bytes, this one {}", bytes.size()));
    }
    std::array<unsigned char, crypto_sign_ed25519_PUBLICKEYBYTES> public_key{};
    WebhookKey key{WebhookKey::Kind::signing, std::string(whole_size, '\0')};
    ::crypto_sign_ed25519_seed_keypair(public_key.data(), as_bytes(key.bytes), as_bytes(std::string_view(bytes)));
    if (bytes.size() == whole_size && bytes != key.bytes) {
        return fail(ErrorCode::invalid, "the two halves of the signing key do not belong together");
    }
    return key;
}

std::string signed_text(std::string_view id, std::string_view timestamp, std::string_view body) {
    return fmt::format("{}.{}.{}", id, timestamp, body);
}

std::string ed25519_of(const WebhookKey& key, std::string_view text) {
    std::string signature(crypto_sign_ed25519_BYTES, '\0');
    ::crypto_sign_ed25519_detached(as_bytes(signature), nullptr, as_bytes(text), text.size(),
                                   as_bytes(std::string_view(key.bytes)));
    return signature;
}

// Digits alone, so that the signed text has one form only.
std::optional<std::int64_t> parse_seconds(std::string_view text) {
    constexpr std::size_t most_digits = 12;
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    const bool is_whole = error == std::errc() && end == text.data() + text.size();
    if (!is_whole || text.size() > most_digits || text.front() == '-') return std::nullopt;
    return seconds;
}

bool is_signed_by(const WebhookKey& key, std::string_view signature, std::string_view text) {
    const bool is_shared = key.kind == WebhookKey::Kind::shared;
    const std::string_view version = is_shared ? hmac_version : ed25519_version;
    if (!signature.starts_with(version)) return false;
    const auto bytes = from_base64(signature.substr(version.size()));
    if (!bytes) return false;
    if (is_shared) {
        return bytes->size() == crypto_auth_hmacsha256_BYTES &&
               ::sodium_memcmp(bytes->data(), hmac_sha256(key.bytes, text).data(), bytes->size()) == 0;
    }
    const std::string_view public_key = std::string_view(key.bytes).substr(key.bytes.size() - 32);
    return bytes->size() == crypto_sign_ed25519_BYTES &&
           ::crypto_sign_ed25519_verify_detached(as_bytes(std::string_view(*bytes)), as_bytes(text), text.size(),
                                                 as_bytes(public_key)) == 0;
}

}  // namespace
}  // namespace segmentd::daemon
