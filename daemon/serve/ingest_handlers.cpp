// Answers that wait until what came in is durable.
#include <boost/json.hpp>

#include "daemon/collect/cloud_events.hpp"
#include "daemon/net/problem.hpp"
#include "daemon/serve/json_body.hpp"
#include "daemon/serve/operation.hpp"
#include "daemon/serve/routes.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

void count(ServeContext& context, const Collected& collected) {
    static const MetricName accepted{"segmentd_events_accepted_total", "Events that were taken in."};
    static const MetricName rejected{"segmentd_events_rejected_total", "Events that were refused, by reason."};
    context.metrics.counter(accepted, {}).add(collected.records.size());
    for (const auto& reject : collected.rejects) context.metrics.counter(rejected, {{"reason", reject.reason}}).add(1);
}

// Hands the records on and answers with `success` once they are durable.
void offer(ServeContext& context, Collected collected, HttpResponse success, const Respond& respond) {
    count(context, collected);
    if (collected.records.empty() && collected.rejects.empty()) return respond(std::move(success));
    Intake intake;
    intake.records = std::move(collected.records);
    intake.rejects = std::move(collected.rejects);
    intake.done = [respond, success = std::move(success)](const IntakeOutcome& outcome) {
        respond(outcome.error ? problem_response(*outcome.error) : success);
    };
    if (!context.host.offer(std::move(intake))) respond(busy_response(context));
}

// A refusal is answered once what is kept of it is durable, too.
void answer_collected(ServeContext& context, tl::expected<Collected, Refusal> collected, HttpResponse success,
                      const Respond& respond) {
    if (collected) return offer(context, std::move(*collected), std::move(success), respond);
    auto refusal = std::move(collected).error();
    auto problem = problem_response(Problem{.status = refusal.status, .detail = refusal.detail});
    offer(context, {{}, std::move(refusal.rejects)}, std::move(problem), respond);
}

// The record of an order about one customer by an authorised person or program.
Record order(const ServeContext& context, const RoutedRequest& request, const json::object& body) {
    Record record;
    record.received_at = context.host.wall_now();
    record.occurred_at = context.host.engine_now();
    record.actor = request.actor;
    record.customer = CustomerId(request.open_parts.front());
    const auto* reason = body.if_contains("reason");
    if (reason != nullptr && reason->is_string()) record.reason = std::string(reason->get_string());
    return record;
}

HttpResponse accepted() {
    return {.status = 200, .body = R"({"accepted":true})", .headers = {}};
}

}  // namespace

void answer_tracking(ServeContext& context, RoutedRequest request, Respond respond) {
    const auto book = context.host.book();
    const auto collect = collect_context(context, *book, request.actor);
    auto collected = collect_tracking(collect, tracking_call(request.http.path), request.http.body, context.tracking);
    const HttpResponse success{.status = 200, .body = R"({"success":true})", .headers = {}};
    answer_collected(context, std::move(collected), success, respond);
}

void answer_cloud_events(ServeContext& context, RoutedRequest request, Respond respond) {
    const auto book = context.host.book();
    const auto collect = collect_context(context, *book, request.actor);
    const auto header = [&](std::string_view name) { return request.http.header(name); };
    auto collected = collect_cloud_events(collect, header, request.http.body);
    answer_collected(context, std::move(collected), accepted(), respond);
}

void answer_consent(ServeContext& context, RoutedRequest request, Respond respond) {
    const auto body = json_body(request.http.body);
    if (!body) return respond(problem_response(body.error()));
    const auto* purpose = body->if_contains("purpose");
    const auto* granted = body->if_contains("granted");
    if (purpose == nullptr || !purpose->is_string() || granted == nullptr || !granted->is_bool()) {
        return respond(
            problem_response(Problem{.status = 400, .detail = R"(send {"purpose": "...", "granted": true})"}));
    }
    const std::string name(purpose->get_string());
    if (rules::find(context.host.book()->definitions.workspace.purposes, PurposeId(name)) == nullptr) {
        return respond(problem_response(Problem{.status = 400, .detail = "the workspace has no such purpose"}));
    }
    Record record = order(context, request, *body);
    record.consent[name] = granted->get_bool();
    record.payload = ConsentRecord{};
    Collected collected;
    collected.records.push_back(std::move(record));
    offer(context, std::move(collected), accepted(), respond);
}

void answer_suppression(ServeContext& context, RoutedRequest request, Respond respond) {
    const auto body = json_body(request.http.body);
    if (!body) return respond(problem_response(body.error()));
    const auto* suppressed = body->if_contains("suppressed");
    if (suppressed == nullptr || !suppressed->is_bool()) {
        return respond(
            problem_response(Problem{.status = 400, .detail = R"(send {"suppressed": true, "reason": "..."})"}));
    }
    Record record = order(context, request, *body);
    record.payload = SuppressionRecord{suppressed->get_bool()};
    Collected collected;
    collected.records.push_back(std::move(record));
    offer(context, std::move(collected), accepted(), respond);
}

}  // namespace segmentd::daemon
