// Signatures of webhooks after the Standard Webhooks specification: who receives one can tell that it
// comes from us, unchanged and recent.
//
// Signed is "id.timestamp.body", the body byte for byte. Version v1 is HMAC-SHA256 with a shared secret
// ("whsec_..."), v1a is Ed25519 with a signing key ("whsk_...") that others verify by its public key
// ("whpk_..."). The id is of the event and stays the same over retries; the timestamp is of the attempt.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace segmentd::daemon {

struct WebhookKey {
    enum class Kind { shared, signing, verifying };

    Kind kind = Kind::shared;
    std::string bytes;  // shared 24 to 64; signing 64 (seed and public key); verifying 32
};

// Seconds by which a timestamp may lie before or after now, inclusive.
inline constexpr std::int64_t webhook_tolerance_seconds = 300;

// Reads whsec_, whsk_ (a seed of 32 bytes, or 64 with its public key) or whpk_ and base64. Errors do not
// repeat the text.
Result<WebhookKey> parse_webhook_key(std::string_view text);

// A new shared secret, "whsec_" and 32 random bytes.
std::string make_webhook_secret();

// The webhook-signature header: one signature for each key, the current first and those of a rotation
// after it, parted by spaces. The keys are shared or signing ones, at least one; the id holds no full stop.
std::string sign_webhook(std::span<const WebhookKey> keys, std::string_view id, std::int64_t timestamp_seconds,
                         std::string_view body);

// HMAC-SHA256 (RFC 2104), 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view text);

// The three headers as they came.
struct WebhookHeaders {
    std::string id;         // webhook-id
    std::string timestamp;  // webhook-timestamp, seconds since 1970
    std::string signature;  // webhook-signature; unknown versions in it are passed over
};

// Accepts a webhook when any key made any of its first 20 signatures and its time is within the tolerance.
// Compares in constant time. ErrorCode::invalid with the reason otherwise.
Result<void> verify_webhook(std::span<const WebhookKey> keys, const WebhookHeaders& headers, std::string_view body,
                            std::int64_t now_seconds);

}  // namespace segmentd::daemon
