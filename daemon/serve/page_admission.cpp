#include "daemon/serve/page_admission.hpp"

#include <fmt/format.h>

#include "base/sha256.hpp"
#include "daemon/dashboard/pages.hpp"
#include "daemon/net/authorization.hpp"
#include "daemon/net/base64.hpp"

namespace segmentd::daemon {
namespace {

const std::string& content_policy();

}  // namespace

bool is_page(const Route& route) {
    return route.handler == answer_overview_page || route.handler == answer_brief_page;
}

tl::expected<TokenHolder, HttpResponse> admit_to_page(const ServeContext& context, const Route& route,
                                                      const HttpRequest& request, Timestamp now) {
    std::optional<TokenHolder> holder;
    if (const auto credential = credential_in(request)) {
        const auto found = context.tokens.identify(credential->token, now);
        if (!found) return tl::unexpected(page_response(401, sign_in_page(refusal_text(found.error()))));
        holder = *found;
    } else if (const auto token = context.sessions.token_of(session_in(request), now)) {
        holder = context.tokens.holder_of(*token, now);
    }
    if (!holder) return tl::unexpected(page_response(401, sign_in_page("")));
    if (includes(holder->role, route.role)) return *holder;
    return tl::unexpected(
        page_response(403, sign_in_page(fmt::format("The token {} has the role {}; this page needs {}.", holder->name,
                                                    to_word(holder->role), to_word(route.role)))));
}

const char* refusal_text(TokenFault fault) {
    switch (fault) {
        case TokenFault::missing: return "Please give a token.";
        case TokenFault::expired: return "That token has expired.";
        case TokenFault::revoked: return "That token was revoked.";
        case TokenFault::unknown: break;
    }
    return "That token is not valid here.";
}

std::string session_in(const HttpRequest& request) {
    std::string_view rest = request.header("Cookie");
    const std::string wanted = std::string(session_cookie) + "=";
    while (!rest.empty()) {
        while (rest.starts_with(' ')) rest.remove_prefix(1);
        const auto end = std::min(rest.find(';'), rest.size());
        if (rest.starts_with(wanted)) return std::string(rest.substr(wanted.size(), end - wanted.size()));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return {};
}

bool is_own_form(const HttpRequest& request) {
    const auto site = request.header("Sec-Fetch-Site");
    if (!site.empty()) return site == "same-origin" || site == "none";
    const auto origin = request.header("Origin");
    if (origin.empty()) return true;
    const auto host = origin.find("://");
    return host != std::string_view::npos && origin.substr(host + 3) == request.header("Host");
}

bool accepts_html(const HttpRequest& request) {
    return request.header("Accept").find("text/html") != std::string_view::npos;
}

HttpResponse page_response(int status, std::string html) {
    return {.status = status,
            .content_type = "text/html; charset=utf-8",
            .body = std::move(html),
            .headers = {{"Content-Security-Policy", content_policy()},
                        {"Cache-Control", "no-store"},
                        {"X-Content-Type-Options", "nosniff"},
                        {"X-Frame-Options", "DENY"},
                        {"Referrer-Policy", "same-origin"},
                        {"Vary", "Accept, Authorization, Cookie"}}};
}

namespace {

const std::string& content_policy() {
    static const std::string policy = [] {
        const auto hash = sha256(page_style());
        return fmt::format(
            "default-src 'none'; style-src 'sha256-{}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            to_base64(std::string(hash.begin(), hash.end())));
    }();
    return policy;
}

}  // namespace
}  // namespace segmentd::daemon
