// The HTTP interface: one table says which method and path exist, which role they need, and which
// function answers.
//
// The admin token may do everything; it lies in the store's folder as `token` (0600) and is an SDK
// write key as well. Further tokens with single roles come later; the table already names them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/collect/tracking_api.hpp"
#include "daemon/host/host.hpp"
#include "daemon/net/http_message.hpp"
#include "daemon/telemetry/metrics.hpp"

namespace segmentd::daemon {

enum class Role { anyone, viewer, evaluator, ingester, editor, admin };

// What the handlers share. It outlives the server.
struct ServeContext {
    Host& host;
    Metrics& metrics;
    std::string admin_token;
    std::string workspace_name;
    TrackingLimits tracking;
};

// A request with the parts of its path that the route left open, such as {segment}.
struct RoutedRequest {
    HttpRequest http;
    std::vector<std::string> open_parts;            // percent-decoded, each UTF-8
    std::map<std::string, std::string> parameters;  // of the query, as the route declares them
    std::string actor;                              // "token:admin", or "token:none" for open routes
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

// Finds the row, checks the role, and lets it answer. Unknown paths are 404, known ones with another
// method 405, a missing or wrong token 401, and a path that is not UTF-8 or a query that the route does not
// declare 400; all as problems (RFC 9457). Called on the network thread.
void handle_request(ServeContext& context, HttpRequest request, Respond respond);

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
void answer_members(ServeContext& context, RoutedRequest request, Respond respond);
void answer_explain(ServeContext& context, RoutedRequest request, Respond respond);
void answer_models(ServeContext& context, RoutedRequest request, Respond respond);
void answer_pilots(ServeContext& context, RoutedRequest request, Respond respond);
void answer_reviews(ServeContext& context, RoutedRequest request, Respond respond);
void answer_touches(ServeContext& context, RoutedRequest request, Respond respond);
void answer_rejects(ServeContext& context, RoutedRequest request, Respond respond);

// The moment and the sender, as collectors want them.
CollectContext collect_context(const ServeContext& context, const rules::Rulebook& book, const std::string& actor);

// 503 with Retry-After: the queue is full or the daemon is stopping.
HttpResponse busy_response();

}  // namespace segmentd::daemon
