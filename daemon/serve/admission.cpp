#include "daemon/serve/admission.hpp"

#include <fmt/format.h>

#include "daemon/collect/tracking_api.hpp"
#include "daemon/net/authorization.hpp"
#include "daemon/net/problem.hpp"

namespace segmentd::daemon {
namespace {

std::string secret_in(const Route& route, const HttpRequest& request);
HttpResponse unauthorized(TokenFault fault);
HttpResponse forbidden(const TokenHolder& holder, Role needed);

}  // namespace

tl::expected<TokenHolder, HttpResponse> admit(const TokenBook& tokens, const Route& route, const HttpRequest& request,
                                              Timestamp now) {
    if (route.role == Role::anyone) return TokenHolder{"none", Role::anyone};
    const auto holder = tokens.identify(secret_in(route, request), now);
    if (!holder) return tl::unexpected(unauthorized(holder.error()));
    if (!includes(holder->role, route.role)) return tl::unexpected(forbidden(*holder, route.role));
    return *holder;
}

bool is_served_at(Listener listener, const Route& route) {
    if (listener == Listener::main) return true;
    return route.role == Role::ingester || route.role == Role::evaluator || route.handler == answer_health;
}

namespace {

std::string secret_in(const Route& route, const HttpRequest& request) {
    if (auto credential = credential_in(request)) return std::move(credential->token);
    const bool body_may_hold_key = route.role == Role::ingester && request.path.starts_with("/v1/");
    return body_may_hold_key ? body_write_key(request.body) : std::string();
}

HttpResponse unauthorized(TokenFault fault) {
    const char* detail = "a valid token is needed";
    if (fault == TokenFault::expired) detail = "the token has expired";
    if (fault == TokenFault::revoked) detail = "the token was revoked";
    auto response = problem_response(Problem{.status = 401, .detail = detail});
    std::string challenge = "Bearer realm=\"segmentd\"";
    if (fault != TokenFault::missing) {
        challenge += fmt::format(", error=\"invalid_token\", error_description=\"{}\"", detail);
    }
    response.headers.emplace_back("WWW-Authenticate", std::move(challenge));
    return response;
}

HttpResponse forbidden(const TokenHolder& holder, Role needed) {
    return problem_response(Problem{.status = 403,
                                    .detail = fmt::format("this needs the role {}; the token {} has the role {}",
                                                          to_word(needed), holder.name, to_word(holder.role))});
}

}  // namespace
}  // namespace segmentd::daemon
