// Endpoints: how they do, a sample event to one, and the order to send again.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/json_text.hpp"
#include "daemon/net/problem.hpp"
#include "daemon/reports/reports.hpp"
#include "daemon/serve/answers.hpp"
#include "daemon/serve/endpoint_answers.hpp"
#include "daemon/serve/json_body.hpp"
#include "daemon/serve/resends.hpp"
#include "rules/playbooks/event_catalogue.hpp"
#include "rules/rulebook/sample_values.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

const char* state_of(const LaneStatus& lane) {
    if (!lane.trouble.empty()) return "held";
    switch (lane.stop) {
        case EndpointStop::none: return "ready";
        case EndpointStop::paused: return "paused";
        case EndpointStop::gone: return "gone";
    }
    return "ready";
}

// The fold's row with what only the running daemon knows.
void add_line(json::object& row, const LineStatus& line) {
    row["host"] = line.host;
    row["state"] = state_of(line.lane);
    row["breaker"] = to_word(line.lane.breaker);
    row["under_way"] = line.lane.under_way;
    if (!line.lane.trouble.empty()) row["last_error"] = line.lane.trouble;
}

bool is_set(const json::object& body, const char* name) {
    const auto* value = body.if_contains(name);
    return value != nullptr && value->is_bool() && value->get_bool();
}

std::string text_in(const json::object& body, const char* name) {
    const auto* value = body.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

Result<ReplayOrder> replay_order(const std::string& endpoint, const json::object& body, const std::string& actor) {
    const auto since = text_in(body, "since");
    if (since.empty()) {
        return fail(ErrorCode::invalid, "'since' is missing", R"(send {"since": "2027-01-31", "dead_only": false})");
    }
    TRY(instant, parse_timestamp(since));
    return ReplayOrder{EndpointId(endpoint), instant, is_set(body, "dead_only"), actor, text_in(body, "reason")};
}

void offer_resends(ServeContext& context, std::vector<Record> records, const EndpointId& endpoint,
                   const Respond& respond) {
    const auto count = records.size();
    for (auto& record : records) {
        record.received_at = std::chrono::floor<Duration>(std::chrono::system_clock::now());
        record.occurred_at = context.host.engine_now();
    }
    Intake intake;
    intake.records = std::move(records);
    intake.done = [&context, endpoint, count, respond](const IntakeOutcome& outcome) {
        if (outcome.error) return respond(problem_response(*outcome.error));
        context.deliveries.resume(endpoint);
        respond(answer_of(json::object{{"endpoint", endpoint.text}, {"events", count}, {"dry_run", false}}));
    };
    if (!context.host.offer(std::move(intake))) respond(busy_response(context));
}

}  // namespace

json::object test_answer(const std::string& endpoint, const TestOutcome& outcome) {
    return {{"endpoint", endpoint},
            {"delivered", outcome.judgement.kind == Judgement::Kind::delivered},
            {"status", outcome.judgement.status},
            {"cause", outcome.judgement.cause},
            {"detail", outcome.judgement.detail},
            {"sent", outcome.body},
            {"answer", outcome.answer}};
}

void answer_endpoints(ServeContext& context, RoutedRequest, Respond respond) {
    const bool asked = context.host.ask([&context, respond](Engine& engine) {
        auto report = endpoints_report(engine);
        const auto lines = context.deliveries.status();
        for (auto& value : report.get_array()) {
            auto& row = value.get_object();
            row["state"] = "no_address";
            const auto line = lines.find(EndpointId(json::value_to<std::string>(row["endpoint"])));
            if (line != lines.end()) add_line(row, line->second);
        }
        respond(answer_of(report));
    });
    if (!asked) respond(busy_response(context));
}

void answer_endpoint_test(ServeContext& context, RoutedRequest request, Respond respond) {
    const auto& name = request.open_parts.front();
    const auto book = context.host.book();
    const auto* endpoint = rules::find(book->definitions.endpoints, EndpointId(name));
    if (endpoint == nullptr) {
        return respond(problem_response(Problem{.status = 404, .detail = "there is no such endpoint"}));
    }
    auto event = rules::test_event(*endpoint, rules::sample_values(*book));
    event.time = context.host.engine_now();
    event.id = fmt::format("test_{}", to_microseconds(event.time));
    const auto done = [respond, name](const TestOutcome& outcome) { respond(answer_of(test_answer(name, outcome))); };
    if (context.deliveries.test(endpoint->id, event, done)) return;
    respond(problem_response(
        Problem{.status = 409, .detail = fmt::format("the endpoint has no address: set endpoints.{}.url", name)}));
}

void answer_dead_letters(ServeContext& context, RoutedRequest request, Respond respond) {
    const EndpointId endpoint(request.open_parts.front());
    const auto text = request.parameters.find("since");
    const auto since =
        text == request.parameters.end() ? Result<Timestamp>(beginning_of_time) : parse_timestamp(text->second);
    if (!since) return respond(problem_response(since.error()));
    if (rules::find(context.host.book()->definitions.endpoints, endpoint) == nullptr) {
        return respond(problem_response(Problem{.status = 404, .detail = "there is no such endpoint"}));
    }
    const bool queried = context.host.commits().query([endpoint, since = *since, respond](Store& store) {
        const auto letters = dead_letters_report(store, endpoint, since);
        respond(letters ? answer_of(*letters) : problem_response(letters.error()));
    });
    if (!queried) respond(busy_response(context));
}

void answer_endpoint_replay(ServeContext& context, RoutedRequest request, Respond respond) {
    const auto body = json_body(request.http.body);
    if (!body) return respond(problem_response(body.error()));
    const auto order = replay_order(request.open_parts.front(), *body, request.actor);
    if (!order) return respond(problem_response(order.error()));
    if (rules::find(context.host.book()->definitions.endpoints, order->endpoint) == nullptr) {
        return respond(problem_response(Problem{.status = 404, .detail = "there is no such endpoint"}));
    }
    const bool is_dry = is_set(*body, "dry_run");
    const bool queried = context.host.commits().query([&context, order = *order, is_dry, respond](Store& store) {
        auto records = find_resends(store, order);
        if (!records) return respond(problem_response(records.error()));
        if (!is_dry) return offer_resends(context, std::move(*records), order.endpoint, respond);
        respond(
            answer_of(json::object{{"endpoint", order.endpoint.text}, {"events", records->size()}, {"dry_run", true}}));
    });
    if (!queried) respond(busy_response(context));
}

}  // namespace segmentd::daemon
