// Orders of people over HTTP: checked against the state, recorded, answered when durable.
#include <boost/json.hpp>

#include "base/json_text.hpp"
#include "daemon/net/problem.hpp"
#include "daemon/orders/orders.hpp"
#include "daemon/serve/json_body.hpp"
#include "daemon/serve/routes.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

void answer_order(ServeContext& context, RoutedRequest request, Respond respond) {
    const auto words = json_body(request.http.body);
    if (!words) return respond(problem_response(words.error()));
    const auto order = request.http.path.substr(request.http.path.rfind('/') + 1);
    const auto make = [order, words = *words, actor = request.actor](const Engine& engine) {
        return make_order(engine, order, words, actor);
    };
    const auto done = [respond, order](const Result<std::uint64_t>& sequence) {
        if (!sequence) return respond(problem_response(sequence.error()));
        const json::object answer{{"order", order}, {"record", *sequence}};
        respond({.status = 200, .body = json_text(answer), .headers = {}});
    };
    if (!context.host.order(make, done)) respond(busy_response(context));
}

}  // namespace segmentd::daemon
