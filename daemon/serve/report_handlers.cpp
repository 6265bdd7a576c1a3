// Answers made from the state: asked of the engine thread, ahead of inputs.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <memory>

#include "base/json_text.hpp"
#include "base/sha256.hpp"
#include "daemon/net/problem.hpp"
#include "daemon/reports/explain_segment.hpp"
#include "daemon/reports/hindsight.hpp"
#include "daemon/reports/reports.hpp"
#include "daemon/serve/answers.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

constexpr std::size_t most_lines = 10'000;  // of the ledger in one answer, the newest

// The journal as far as it is durable.
PastRecords past_of(Store& store) {
    return [&store](std::uint64_t end, const RecordVisitor& visit) {
        return store.read_records(1, end, [&](const Record& record) -> Result<void> {
            visit(record);
            return {};
        });
    };
}

// What is served now, or, with `at`, what was served then.
void answer_now_or_then(ServeContext& context, const RoutedRequest& request, Respond respond,
                        std::function<Result<json::value>(const Engine&)> make) {
    const auto at = request.parameters.find("at");
    if (at == request.parameters.end()) return answer_from_engine(context, std::move(respond), std::move(make));
    const auto instant = parse_as_of(at->second, context.host.book()->definitions.workspace.calendar);
    if (!instant) return respond(problem_response(instant.error()));
    answer_beside(context, at->second, std::move(respond), [make](Fold& fold) { return make(fold.engine()); });
}

json::object queue_status(const ServeContext& context, const StoreStatus& store) {
    json::object rejects;
    for (const auto& [reason, count] : store.reject_counts) rejects[reason] = count;
    return {{"waiting", context.host.waiting()},
            {"waiting_for_disk", context.host.commits().waiting()},
            {"durable_records", store.head.size},
            {"clock_held", context.host.clock_is_held()},
            {"rejects", std::move(rejects)}};
}

}  // namespace

void answer_welcome(ServeContext& context, RoutedRequest, Respond respond) {
    std::string text = fmt::format("segmentd {}, workspace {}\n\n", SEGMENTD_VERSION, context.workspace_name);
    for (const auto& route : routes()) text += fmt::format("{:<5} {:<42} {}\n", route.method, route.path, route.what);
    respond({.status = 200, .content_type = "text/plain; charset=utf-8", .body = std::move(text), .headers = {}});
}

// The tree head is the store's: of the records that are durable when the engine was asked.
void answer_status(ServeContext& context, RoutedRequest, Respond respond) {
    const bool asked = context.host.ask([&context, respond](Engine& engine) {
        json::object status{{"version", SEGMENTD_VERSION},
                            {"workspace", context.workspace_name},
                            {"definitions", engine.population().book().definitions.version},
                            {"records", engine.records()},
                            {"customers", engine.population().size()},
                            {"engine_time", to_text(context.host.engine_now())},
                            {"state_sha256", to_hex(engine.state_hash())}};
        const auto wanted = engine.records();
        const bool queried = context.host.commits().query([&context, respond, status, wanted](Store& store) mutable {
            status["tree_head"] = to_hex(store.tree_head().root);
            status["tree_size"] = store.tree_head().size;
            status["is_durable"] = store.tree_head().size == wanted;
            for (auto& [name, value] : queue_status(context, context.host.commits().status())) status[name] = value;
            respond(answer_of(status));
        });
        if (!queried) respond(busy_response(context));
    });
    if (!asked) respond(busy_response(context));
}

void answer_clock_confirmation(ServeContext& context, RoutedRequest, Respond respond) {
    if (!context.host.confirm_clock()) return respond(busy_response(context));
    respond({.status = 200, .body = R"({"confirmed":true})", .headers = {}});
}

// A question about the past is read by the store thread, so that the engine goes on; commits wait for it.
void answer_segments(ServeContext& context, RoutedRequest request, Respond respond) {
    const auto text = request.parameters.find("at");
    if (text == request.parameters.end()) {
        return answer_from_engine(context, respond,
                                  [](Engine& engine) -> Result<json::value> { return segments_report(engine); });
    }
    const auto at = parse_as_of(text->second, context.host.book()->definitions.workspace.calendar);
    if (!at) return respond(problem_response(at.error()));
    const bool asked = context.host.ask([&context, respond, at = *at](Engine& engine) {
        const auto begun = std::make_shared<Hindsight>(begin_hindsight(engine, at));
        const bool queried = context.host.commits().query([respond, begun](Store& store) {
            auto hindsight = read_past(std::move(*begun), past_of(store));
            respond(hindsight ? answer_of(segments_report(*hindsight)) : problem_response(hindsight.error()));
        });
        if (!queried) respond(busy_response(context));
    });
    if (!asked) respond(busy_response(context));
}

void answer_members(ServeContext& context, RoutedRequest request, Respond respond) {
    const auto limit = limit_in(request, 1000);
    if (!limit) return respond(problem_response(limit.error()));
    const auto make = [segment = SegmentId(request.open_parts.front()),
                       page = PageOfMembers{*limit, parameter(request, "cursor")}](const Engine& engine) {
        return members_page(engine, segment, page);
    };
    answer_now_or_then(context, request, std::move(respond), make);
}

void answer_explain(ServeContext& context, RoutedRequest request, Respond respond) {
    const CustomerId customer(request.open_parts.front());
    const bool asked = context.host.ask([&context, respond, customer](Engine& engine) {
        auto report = explain_report(engine, customer);
        if (!report) return respond(problem_response(report.error()));
        report->emplace("touches", silent_touches(engine, customer));
        const bool queried = context.host.commits().query([respond, customer, report = *report](Store& store) mutable {
            const auto lines = event_lines(store, customer, most_lines);
            if (!lines) return respond(problem_response(lines.error()));
            auto& touches = report["touches"];
            touches = touches_of(customer, *lines, std::move(touches.get_array()));
            respond(answer_of(report));
        });
        if (!queried) respond(busy_response(context));
    });
    if (!asked) respond(busy_response(context));
}

void answer_explain_segment(ServeContext& context, RoutedRequest request, Respond respond) {
    const auto make = [customer = CustomerId(request.open_parts[0]),
                       segment = SegmentId(request.open_parts[1])](const Engine& engine) -> Result<json::value> {
        TRY(report, explain_segment_report(engine, customer, segment));
        return json::value(std::move(report));
    };
    answer_now_or_then(context, request, std::move(respond), make);
}

void answer_models(ServeContext& context, RoutedRequest request, Respond respond) {
    const auto with_past = flag_in(request, "past");
    if (!with_past) return respond(problem_response(with_past.error()));
    if (*with_past) {
        return answer_beside(context, {}, std::move(respond), [](Fold& fold) -> Result<json::value> {
            if (auto passed = fold.let_time_pass(); !passed) return fail(std::move(passed).error());
            return models_with_forecasts(fold.engine(), fold.past());
        });
    }
    answer_from_engine(context, respond, [](Engine& engine) -> Result<json::value> { return models_report(engine); });
}

void answer_pilots(ServeContext& context, RoutedRequest, Respond respond) {
    answer_from_engine(context, respond, [](Engine& engine) -> Result<json::value> { return pilots_report(engine); });
}

void answer_reviews(ServeContext& context, RoutedRequest, Respond respond) {
    answer_from_engine(context, respond, [](Engine& engine) -> Result<json::value> { return reviews_report(engine); });
}

void answer_touches(ServeContext& context, RoutedRequest request, Respond respond) {
    const CustomerId customer(parameter(request, "customer"));
    const bool asked = context.host.ask([&context, respond, customer](Engine& engine) {
        const bool queried =
            context.host.commits().query([respond, customer, silent = silent_touches(engine, customer)](Store& store) {
                const auto lines = event_lines(store, customer, most_lines);
                if (!lines) return respond(problem_response(lines.error()));
                respond(answer_of(customer.empty() ? touches_report(*lines) : touches_of(customer, *lines, silent)));
            });
        if (!queried) respond(busy_response(context));
    });
    if (!asked) respond(busy_response(context));
}

void answer_pauses(ServeContext& context, RoutedRequest, Respond respond) {
    answer_from_engine(context, respond, [](Engine& engine) -> Result<json::value> { return pauses_report(engine); });
}

void answer_learnings(ServeContext& context, RoutedRequest request, Respond respond) {
    const auto name = parameter(request, "name");
    answer_from_engine(context, respond, [name](Engine& engine) { return learnings_report(engine, name); });
}

void answer_rejects(ServeContext& context, RoutedRequest request, Respond respond) {
    const auto limit = limit_in(request, 100);
    if (!limit) return respond(problem_response(limit.error()));
    const bool queried = context.host.commits().query([respond, limit = *limit](Store& store) {
        const auto rejects = store.rejects(limit);
        if (!rejects) return respond(problem_response(rejects.error()));
        json::array rows;
        for (const auto& [id, reject] : *rejects) {
            rows.push_back({{"id", id},
                            {"received_at", to_text(reject.received_at)},
                            {"source", reject.source},
                            {"reason", reject.reason},
                            {"detail", reject.detail}});
        }
        respond(answer_of(rows));
    });
    if (!queried) respond(busy_response(context));
}

}  // namespace segmentd::daemon
