// endpoints/*.yaml: systems that receive touches and events, and in which form they want them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/definitions/common.hpp"

namespace segmentd::rules {

enum class EndpointMode { shadow, live };

// What an endpoint can be sent; rules/playbooks/event_catalogue.hpp says what each holds.
enum class EventType {
    touch,
    segment_entered,
    segment_left,
    review_opened,
    review_overdue,
    pilot_decided,
    account_entered,
    account_left
};

// The body of a request as CEL over `event`: one expression, or one for each member of an object.
// Neither: CloudEvents, structured JSON.
struct BodyMapping {
    ExpressionText whole;
    std::map<std::string, ExpressionText> members;
    bool empty() const { return whole.empty() && members.empty(); }
};

// Secrets stand here by name only; the settings of the daemon say where each is kept.
struct BasicAuthentication {
    std::string user;
    std::string password;  // name of a secret
};

enum class SignatureEncoding { hex, base64 };

// HMAC-SHA256 of the body under a shared secret, in a header.
struct HmacAuthentication {
    std::string header;
    std::string secret;  // name of a secret
    SignatureEncoding encoding = SignatureEncoding::hex;
    std::string prefix;  // stands before the code, for example "sha256="
};

// At most one is set; the signature of Standard Webhooks is sent in any case.
struct EndpointAuthentication {
    std::string bearer;  // name of a secret
    std::optional<BasicAuthentication> basic;
    std::optional<HmacAuthentication> hmac;
};

struct RateLimit {
    double per_second = 0;   // above 0
    std::int64_t burst = 1;  // calls that may go at once after a pause
};

struct EndpointDefinition {
    EndpointId id;
    std::string title;
    std::string owner;
    EndpointMode mode = EndpointMode::shadow;
    std::vector<EventType> events = {EventType::touch};
    BodyMapping body;
    std::string content_type;  // empty: CloudEvents, or JSON where there is a body mapping
    std::map<std::string, std::string> headers;
    EndpointAuthentication authentication;
    std::optional<RateLimit> rate_limit;
    std::int64_t concurrency = 8;  // calls under way at a time
    SourcePlace place;
};

const char* to_word(EndpointMode mode);
const char* to_word(EventType type);

// The words of what the endpoint is sent, in its order.
std::vector<std::string> event_words(const EndpointDefinition& endpoint);

// True where the endpoint takes events of this type, given as its word.
bool takes(const EndpointDefinition& endpoint, std::string_view type);

}  // namespace segmentd::rules
