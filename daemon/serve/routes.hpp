// The HTTP interface: one table says which method and path exist, which role they need, and which
// function answers. What the roles may is in roles.hpp, who has one in token_book.hpp.
//
// The admin token may do everything; it lies in the store's folder as `token` (0600).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/activation/deliveries.hpp"
#include "daemon/collect/tracking_api.hpp"
#include "daemon/host/host.hpp"
#include "daemon/net/http_message.hpp"
#include "daemon/serve/roles.hpp"
#include "daemon/serve/sessions.hpp"
#include "daemon/serve/token_book.hpp"
#include "daemon/telemetry/metrics.hpp"

namespace segmentd::daemon {

// Where a request came in. The ingest listener has no routes to read, change or administer.
enum class Listener { main, ingest };

// What the handlers share. It outlives the server.
struct ServeContext {
    Host& host;
    Metrics& metrics;
    TokenBook tokens;
    std::string workspace_name;
    TrackingLimits tracking;
    Deliveries& deliveries;
    bool speaks_tls = false;
    Sessions sessions{};
};

// A request with the parts of its path that the route left open, such as {segment}.
struct RoutedRequest {
    HttpRequest http;
    std::vector<std::string> open_parts;            // percent-decoded, each UTF-8
    std::map<std::string, std::string> parameters;  // of the query, as the route declares them
    TokenHolder holder;                             // of no role at open routes
    std::string actor;                              // "token:NAME", or "token:none" for open routes
};

using RouteHandler = void (*)(ServeContext&, RoutedRequest, Respond);

struct Route {
    const char* method;
    const char* path;  // "/api/v1/segments/{segment}/members"; a last part "*" takes the rest
    Role role;
    RouteHandler handler;
    const char* what;                       // one line for documentation
    std::vector<const char*> parameters{};  // of the query; under /api/v1 every other one is refused
};

// Every route there is, in the order of the documentation.
const std::vector<Route>& routes();

// Finds the row (the overview only for who asks for HTML: others read the list of routes at the same path), checks the
// token (admission.hpp, page_admission.hpp), and lets it answer. Paths that the listener does not know are 404, known
// ones with another method 405, and a path that is not UTF-8 or a query that the route does not declare 400; all as
// problems (RFC 9457). Called on the network thread of the listener, so two requests may be handled at a time.
void handle_request(ServeContext& context, Listener listener, HttpRequest request, Respond respond);

// Handlers, by theme.
void answer_tracking(ServeContext& context, RoutedRequest request, Respond respond);
void answer_cloud_events(ServeContext& context, RoutedRequest request, Respond respond);
void answer_consent(ServeContext& context, RoutedRequest request, Respond respond);
void answer_suppression(ServeContext& context, RoutedRequest request, Respond respond);
void answer_one_flag(ServeContext& context, RoutedRequest request, Respond respond);
void answer_all_flags(ServeContext& context, RoutedRequest request, Respond respond);
void answer_clock_confirmation(ServeContext& context, RoutedRequest request, Respond respond);
void answer_status(ServeContext& context, RoutedRequest request, Respond respond);
void answer_health(ServeContext& context, RoutedRequest request, Respond respond);
void answer_metrics(ServeContext& context, RoutedRequest request, Respond respond);
void answer_welcome(ServeContext& context, RoutedRequest request, Respond respond);
void answer_segments(ServeContext& context, RoutedRequest request, Respond respond);
void answer_validation(ServeContext& context, RoutedRequest request, Respond respond);
void answer_validations(ServeContext& context, RoutedRequest request, Respond respond);
void answer_track(ServeContext& context, RoutedRequest request, Respond respond);
void answer_stability(ServeContext& context, RoutedRequest request, Respond respond);
void answer_members(ServeContext& context, RoutedRequest request, Respond respond);
void answer_explain(ServeContext& context, RoutedRequest request, Respond respond);
void answer_explain_segment(ServeContext& context, RoutedRequest request, Respond respond);
void answer_models(ServeContext& context, RoutedRequest request, Respond respond);
void answer_pilots(ServeContext& context, RoutedRequest request, Respond respond);
void answer_reviews(ServeContext& context, RoutedRequest request, Respond respond);
void answer_touches(ServeContext& context, RoutedRequest request, Respond respond);
void answer_endpoints(ServeContext& context, RoutedRequest request, Respond respond);
void answer_endpoint_test(ServeContext& context, RoutedRequest request, Respond respond);
void answer_dead_letters(ServeContext& context, RoutedRequest request, Respond respond);
void answer_endpoint_replay(ServeContext& context, RoutedRequest request, Respond respond);
void answer_pauses(ServeContext& context, RoutedRequest request, Respond respond);
void answer_learnings(ServeContext& context, RoutedRequest request, Respond respond);
void answer_order(ServeContext& context, RoutedRequest request, Respond respond);
void answer_plan(ServeContext& context, RoutedRequest request, Respond respond);
void answer_apply(ServeContext& context, RoutedRequest request, Respond respond);
void answer_rollback(ServeContext& context, RoutedRequest request, Respond respond);
void answer_rejects(ServeContext& context, RoutedRequest request, Respond respond);
void answer_overview_page(ServeContext& context, RoutedRequest request, Respond respond);
void answer_brief_page(ServeContext& context, RoutedRequest request, Respond respond);
void answer_brief(ServeContext& context, RoutedRequest request, Respond respond);
void answer_sign_in(ServeContext& context, RoutedRequest request, Respond respond);
void answer_sign_out(ServeContext& context, RoutedRequest request, Respond respond);
void answer_tokens(ServeContext& context, RoutedRequest request, Respond respond);
void answer_token_creation(ServeContext& context, RoutedRequest request, Respond respond);
void answer_token_revocation(ServeContext& context, RoutedRequest request, Respond respond);

// The moment and the sender, as collectors want them.
CollectContext collect_context(const ServeContext& context, const rules::Rulebook& book, const std::string& actor);

// 503 with Retry-After: the disk or the queue is full, or the daemon is stopping.
HttpResponse busy_response(const ServeContext& context);

// The same of work beside: too much of it waits already, or the daemon is stopping.
HttpResponse busy_response(const Error& refusal);

}  // namespace segmentd::daemon
