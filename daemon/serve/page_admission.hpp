// Who may look at the pages: the holder of a bearer token, or of a session that was opened with one.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "daemon/net/http_message.hpp"
#include "daemon/serve/routes.hpp"

namespace segmentd::daemon {

inline constexpr const char* session_cookie = "segmentd_session";

// For people: a session admits too, and what is refused is a page.
bool is_page(const Route& route);

// The holder, or the page that refuses: 401 with the form to sign in, 403 for a role that does not suffice.
tl::expected<TokenHolder, HttpResponse> admit_to_page(const ServeContext& context, const Route& route,
                                                      const HttpRequest& request, Timestamp now);

// What to tell whoever showed this token.
const char* refusal_text(TokenFault fault);

// The secret of the session that the request names; empty where it names none.
std::string session_in(const HttpRequest& request);

// False for a form that another site sent (Sec-Fetch-Site and Origin, as browsers set them). Programs send neither.
bool is_own_form(const HttpRequest& request);

// True for a client that asks for HTML by name, as browsers do.
bool accepts_html(const HttpRequest& request);

// HTML that nobody keeps, frames or adds to: no script, no image, no style but ours.
HttpResponse page_response(int status, std::string html);

}  // namespace segmentd::daemon
