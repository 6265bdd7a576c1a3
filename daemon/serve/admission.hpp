// Who may use a route: the token of the request, its role, and the listener it came to.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "daemon/net/http_message.hpp"
#include "daemon/serve/routes.hpp"
#include "daemon/serve/token_book.hpp"

namespace segmentd::daemon {

// The holder of the token ("none" of no role on open routes), or the refusal: 401 with WWW-Authenticate (RFC 6750) for
// a token that is missing, unknown, expired or revoked, 403 for one whose role does not suffice. The tracking
// API takes the write key out of the body as well, where no header holds one.
tl::expected<TokenHolder, HttpResponse> admit(const TokenBook& tokens, const Route& route, const HttpRequest& request,
                                              Timestamp now);

// The ingest listener knows the routes of ingesters and evaluators and the two health checks; all others are 404.
bool is_served_at(Listener listener, const Route& route);

}  // namespace segmentd::daemon
