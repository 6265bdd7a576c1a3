#include "daemon/activation/destination.hpp"

#include <boost/json.hpp>
#include <span>

#include "base/sha256.hpp"
#include "daemon/net/base64.hpp"
#include "daemon/net/url.hpp"

namespace segmentd::daemon {
namespace {

std::string subject_of(const Outgoing& event);
std::string signature_text(const BodySigner& signer, const std::string& body);

}  // namespace

std::string host_of(const std::string& url) {
    const auto parsed = parse_url(url);
    return parsed ? parsed->authority : std::string();
}

rules::EventEnvelope envelope_of(const Outgoing& event, const std::string& source) {
    return {event.id, event.type, source, event.at, subject_of(event), event.data};
}

Result<HttpCall> make_call(const Destination& destination, const rules::EventEnvelope& event,
                           std::int64_t unix_seconds) {
    TRY(body, rules::make_body(destination.body, event));
    HttpCall call;
    call.url = destination.url;
    call.timeout = destination.timeout;
    call.addresses = destination.addresses;
    call.headers = {{"content-type", destination.content_type},
                    {"webhook-id", event.id},
                    {"webhook-timestamp", std::to_string(unix_seconds)},
                    {"webhook-signature", sign_webhook(destination.keys, event.id, unix_seconds, body)}};
    call.headers.insert(call.headers.end(), destination.headers.begin(), destination.headers.end());
    if (destination.signer) {
        call.headers.emplace_back(destination.signer->header, signature_text(*destination.signer, body));
    }
    call.body = std::move(body);
    return call;
}

namespace {

// A touch to a tester is about no customer of ours, and still names somebody.
std::string subject_of(const Outgoing& event) {
    if (!event.customer.empty() || event.type != "touch") return event.customer.text;
    boost::json::error_code error;
    const auto data = boost::json::parse(event.data, error);
    const auto* customer = data.is_object() ? data.get_object().if_contains("customer") : nullptr;
    return customer != nullptr && customer->is_string() ? std::string(customer->get_string()) : std::string();
}

std::string signature_text(const BodySigner& signer, const std::string& body) {
    const std::string code = hmac_sha256(signer.secret, body);
    const bool is_hex = signer.encoding == rules::SignatureEncoding::hex;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(code.data());
    return signer.prefix + (is_hex ? to_hex(std::span(bytes, code.size())) : to_base64(code));
}

}  // namespace
}  // namespace segmentd::daemon
