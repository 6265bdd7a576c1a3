#include "daemon/net/authorization.hpp"

#include "daemon/net/base64.hpp"

namespace segmentd::daemon {
namespace {

std::string token_of_basic(std::string_view coded);

}  // namespace

std::optional<Credential> credential_in(const HttpRequest& request) {
    const std::string_view authorization = request.header("Authorization");
    const std::string_view scheme = authorization.substr(0, authorization.find(' '));
    std::string_view rest = authorization.substr(scheme.size());
    rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(' ')));

    Credential credential;
    if (equals_ignoring_case(scheme, "Bearer")) {
        credential = {Credential::Scheme::bearer, std::string(rest)};
    } else if (equals_ignoring_case(scheme, "Basic")) {
        credential = {Credential::Scheme::basic, token_of_basic(rest)};
    } else {
        credential = {Credential::Scheme::api_key, std::string(request.header("X-API-Key"))};
    }
    if (credential.token.empty()) return std::nullopt;
    return credential;
}

namespace {

std::string token_of_basic(std::string_view coded) {
    const std::string pair = from_base64(coded).value_or(std::string());
    const std::size_t colon = pair.find(':');
    if (colon == std::string::npos) return {};
    return colon + 1 < pair.size() ? pair.substr(colon + 1) : pair.substr(0, colon);
}

}  // namespace
}  // namespace segmentd::daemon
