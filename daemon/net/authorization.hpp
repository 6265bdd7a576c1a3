// The secret by which a request says who sends it.
#pragma once

#include <optional>
#include <string>

#include "daemon/net/http_message.hpp"

namespace segmentd::daemon {

struct Credential {
    enum class Scheme { bearer, basic, api_key };

    Scheme scheme = Scheme::bearer;
    std::string token;  // not empty; as sent, not checked
};

// Reads `Authorization: Bearer TOKEN`, `Authorization: Basic base64(user:password)` and `X-API-Key:
// TOKEN`, in this order. The SDKs send their write key as the user with an empty password; where there
// is a password, it is the token. Nothing where a request has none of them or only broken ones.
std::optional<Credential> credential_in(const HttpRequest& request);

}  // namespace segmentd::daemon
