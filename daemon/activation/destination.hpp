// Everything that is needed to call one endpoint, with its secrets in hand; and the call itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/activation/webhook_signature.hpp"
#include "daemon/engine/outgoing.hpp"
#include "daemon/net/http_client.hpp"
#include "rules/definitions/endpoints.hpp"
#include "rules/playbooks/body_mapping.hpp"

namespace segmentd::daemon {

// Puts the HMAC-SHA256 of the body into a header.
struct BodySigner {
    std::string header;
    std::string secret;
    rules::SignatureEncoding encoding = rules::SignatureEncoding::hex;
    std::string prefix;
};

struct Destination {
    std::string url;
    std::string source;            // of every event: "/segmentd/" and the name of the workspace
    std::vector<WebhookKey> keys;  // the current one first, at least one
    std::chrono::milliseconds timeout{15'000};
    rules::CompiledBody body{};
    std::string content_type = "application/cloudevents+json";
    HttpHeaders headers{};  // with Authorization, where there is one
    std::optional<BodySigner> signer{};
    std::optional<rules::RateLimit> rate_limit{};
    std::size_t concurrency = 8;
    std::shared_ptr<const AddressRules> addresses{};
    std::string trouble{};  // why nothing can be sent: a secret that is not there
};

// Host and port of an address, never its path or query; empty for a text that is none.
std::string host_of(const std::string& url);

rules::EventEnvelope envelope_of(const Outgoing& event, const std::string& source);

// The call, signed for this second. ErrorCode::invalid where the body mapping has no value.
Result<HttpCall> make_call(const Destination& destination, const rules::EventEnvelope& event,
                           std::int64_t unix_seconds);

}  // namespace segmentd::daemon
