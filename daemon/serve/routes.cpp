#include "daemon/serve/routes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "daemon/dashboard/pages.hpp"
#include "daemon/net/problem.hpp"
#include "daemon/net/query.hpp"
#include "daemon/serve/admission.hpp"
#include "daemon/serve/page_admission.hpp"
#include "rules/expression/utf8.hpp"

namespace segmentd::daemon {
namespace {

std::vector<std::string_view> parts_of(std::string_view path) {
    std::vector<std::string_view> parts;
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto end = std::min(path.find('/'), path.size());
        parts.push_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return parts;
}

// The parts of a request's path, split before they are decoded: an id may hold a slash. Nothing where a
// part is not UTF-8.
std::optional<std::vector<std::string>> decoded_parts(const HttpRequest& request) {
    std::vector<std::string> parts;
    for (const auto raw : parts_of(request.raw_path)) {
        auto decoded = decode_percent(raw);
        if (!decoded || !rules::expression::is_utf8(*decoded)) return std::nullopt;
        parts.push_back(std::move(*decoded));
    }
    return parts;
}

// The open parts of a path that the pattern matches; nothing where it does not.
std::optional<std::vector<std::string>> match(std::string_view pattern, const std::vector<std::string>& given) {
    const auto wanted = parts_of(pattern);
    if (wanted.size() != given.size()) return std::nullopt;
    std::vector<std::string> open;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i].starts_with('{') && !given[i].empty())
            open.emplace_back(given[i]);
        else if (wanted[i] != given[i])
            return std::nullopt;
    }
    return open;
}

// Nothing is read for routes outside /api/v1, whose standards let unknown parameters pass.
Result<std::map<std::string, std::string>> read_parameters(const Route& route, const HttpRequest& request) {
    std::map<std::string, std::string> parameters;
    if (!std::string_view(route.path).starts_with("/api/v1/")) return parameters;
    TRY(query, parse_query(request.query));
    for (auto& [name, value] : query.parameters) {
        const bool is_declared =
            std::ranges::any_of(route.parameters, [&](const char* declared) { return name == declared; });
        const bool is_text = rules::expression::is_utf8(name) && rules::expression::is_utf8(value);
        if (!is_text) return fail(ErrorCode::invalid, "the query is not UTF-8");
        if (!is_declared) {
            return fail(ErrorCode::invalid, fmt::format("there is no parameter {} here", shown_name(name)),
                        route.parameters.empty() ? std::string("this path takes none")
                                                 : fmt::format("known: {}", fmt::join(route.parameters, ", ")));
        }
        if (!parameters.try_emplace(name, value).second) {
            return fail(ErrorCode::invalid, fmt::format("the parameter '{}' stands twice", name));
        }
    }
    return parameters;
}

std::vector<Route> tracking_rows() {
    std::vector<Route> rows;
    for (const char* path : {"/v1/track", "/v1/identify", "/v1/group", "/v1/page", "/v1/screen", "/v1/alias",
                             "/v1/batch", "/v1/t", "/v1/i", "/v1/g", "/v1/p", "/v1/s", "/v1/a", "/v1/b"}) {
        rows.push_back({"POST", path, Role::ingester, answer_tracking, "tracking API of the Segment SDKs"});
    }
    return rows;
}

// They stand first: who asks for HTML at / gets the overview.
std::vector<Route> page_rows() {
    return {
        {"GET", "/", Role::viewer, answer_overview_page, "for browsers: everything at a glance"},
        {"GET", "/segments/{segment}", Role::viewer, answer_brief_page, "for browsers: the brief of a segment"},
        {"POST", "/login", Role::anyone, answer_sign_in, "opens a session with a token"},
        {"POST", "/logout", Role::anyone, answer_sign_out, "ends it"},
    };
}

std::vector<Route> report_rows() {
    return {
        {"GET", "/api/v1/status", Role::anyone, answer_status, "records, state hash, tree head, queues"},
        {"GET", "/api/v1/customers/{customer}", Role::viewer, answer_explain, "what is known, and why"},
        {"GET",
         "/api/v1/customers/{customer}/segments/{segment}",
         Role::viewer,
         answer_explain_segment,
         "why in it or not, and what would change that; ?at=",
         {"at"}},
        {"GET", "/api/v1/segments", Role::viewer, answer_segments, "every segment in figures; ?at=", {"at"}},
        {"GET",
         "/api/v1/segments/{segment}/members",
         Role::viewer,
         answer_members,
         "who is in it, since when; ?limit= &cursor= &at=",
         {"limit", "cursor", "at"}},
        {"GET", "/api/v1/segments/{segment}/track", Role::viewer, answer_track, "success by week; ?weeks=", {"weeks"}},
        {"GET",
         "/api/v1/segments/{segment}/stability",
         Role::viewer,
         answer_stability,
         "who stays, how long; ?from= &to= &refresh=",
         {"from", "to", "refresh"}},
        {"GET", "/api/v1/segments/{segment}/validations", Role::viewer, answer_validations, "is it real: findings"},
        {"GET",
         "/api/v1/segments/{segment}/brief",
         Role::viewer,
         answer_brief,
         "what to know before speaking to it; ?past=true: with last week's success",
         {"past"}},
        {"GET", "/api/v1/models", Role::viewer, answer_models, "fitted models; ?past=true: and forecasts", {"past"}},
        {"GET", "/api/v1/pilots", Role::viewer, answer_pilots, "pilots and findings"},
        {"GET", "/api/v1/reviews", Role::viewer, answer_reviews, "reviews that are open or were decided"},
        {"GET", "/api/v1/touches", Role::viewer, answer_touches, "decisions to contact; ?customer=", {"customer"}},
        {"GET", "/api/v1/endpoints", Role::viewer, answer_endpoints, "systems that receive, and how they fare"},
        {"GET",
         "/api/v1/endpoints/{endpoint}/dead-letters",
         Role::viewer,
         answer_dead_letters,
         "what was given up; ?since=",
         {"since"}},
        {"POST", "/api/v1/endpoints/{endpoint}/test", Role::editor, answer_endpoint_test, "send a sample event now"},
        {"POST", "/api/v1/endpoints/{endpoint}/replay", Role::editor, answer_endpoint_replay,
         "send again what was decided since then"},
        {"GET", "/api/v1/pauses", Role::viewer, answer_pauses, "what operators stopped"},
        {"GET", "/api/v1/learnings", Role::viewer, answer_learnings, "what was learned; ?name=", {"name"}},
        {"GET", "/api/v1/rejects", Role::viewer, answer_rejects, "what was refused; ?limit=", {"limit"}},
        {"GET", "/api/v1/tokens", Role::admin, answer_tokens, "who may speak to this daemon"},
    };
}

std::vector<Route> other_rows() {
    return {
        {"GET", "/", Role::anyone, answer_welcome, "what this is and where to look"},
        {"GET", "/healthz", Role::anyone, answer_health, "200 while the process lives"},
        {"GET", "/readyz", Role::anyone, answer_health, "200 while it takes signals in"},
        {"GET", "/metrics", Role::anyone, answer_metrics, "figures for Prometheus, without customers"},
        {"POST", "/api/v1/events", Role::ingester, answer_cloud_events, "CloudEvents, all three modes"},
        {"POST", "/api/v1/customers/{customer}/consent", Role::editor, answer_consent, "what a customer agreed to"},
        {"POST", "/api/v1/customers/{customer}/suppression", Role::editor, answer_suppression, "stop or allow touches"},
        {"POST", "/api/v1/clock/confirm", Role::admin, answer_clock_confirmation, "believe a held step of the clock"},
        {"POST",
         "/api/v1/segments/{segment}/validations",
         Role::editor,
         answer_validation,
         "hold it against a period; ?dry_run=true",
         {"dry_run"}},
        {"POST", "/api/v1/orders/pause", Role::editor, answer_order, "stop a playbook, a pilot or an endpoint"},
        {"POST", "/api/v1/orders/resume", Role::editor, answer_order, "let it go on"},
        {"POST", "/api/v1/orders/review", Role::approver, answer_order, "decide, acknowledge or snooze a review"},
        {"POST", "/api/v1/orders/learning", Role::editor, answer_order, "keep what was learned"},
        {"POST", "/api/v1/orders/touch_test", Role::editor, answer_order, "one touch to a tester"},
        {"POST", "/api/v1/plans", Role::viewer, answer_plan, "what these definitions would do to customers"},
        {"POST", "/api/v1/definitions", Role::approver, answer_apply, "put definitions in force that were planned"},
        {"POST", "/api/v1/rollback", Role::approver, answer_rollback, "put definitions in force that were so before"},
        {"POST", "/api/v1/tokens", Role::admin, answer_token_creation, "hand out a token"},
        {"DELETE", "/api/v1/tokens/{token}", Role::admin, answer_token_revocation, "take a token back"},
        {"POST", "/ofrep/v1/evaluate/flags", Role::evaluator, answer_all_flags, "OFREP: every pilot"},
        {"POST", "/ofrep/v1/evaluate/flags/{pilot}", Role::evaluator, answer_one_flag, "OFREP: one pilot"},
    };
}

}  // namespace

const std::vector<Route>& routes() {
    static const std::vector<Route> table = [] {
        auto rows = page_rows();
        std::ranges::move(other_rows(), std::back_inserter(rows));
        std::ranges::move(report_rows(), std::back_inserter(rows));
        std::ranges::move(tracking_rows(), std::back_inserter(rows));
        return rows;
    }();
    return table;
}

void handle_request(ServeContext& context, Listener listener, HttpRequest request, Respond respond) {
    const auto parts = decoded_parts(request);
    if (!parts) return respond(problem_response(Problem{.status = 400, .detail = "the path is not UTF-8"}));
    bool is_known_path = false;
    for (const auto& route : routes()) {
        if (!is_served_at(listener, route)) continue;
        if (route.handler == answer_overview_page && !accepts_html(request)) continue;
        auto open_parts = match(route.path, *parts);
        if (!open_parts) continue;
        is_known_path = true;
        const bool is_method =
            request.method == route.method || (request.method == "HEAD" && std::string_view(route.method) == "GET");
        if (!is_method) continue;
        const auto now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
        auto holder =
            is_page(route) ? admit_to_page(context, route, request, now) : admit(context.tokens, route, request, now);
        if (!holder) return respond(std::move(holder).error());
        auto parameters = read_parameters(route, request);
        if (!parameters) return respond(problem_response(parameters.error()));
        const auto actor = "token:" + holder->name;
        return route.handler(
            context, {std::move(request), std::move(*open_parts), std::move(*parameters), std::move(*holder), actor},
            std::move(respond));
    }
    if (!is_known_path && listener == Listener::main && accepts_html(request)) {
        return respond(page_response(404, message_page("Not found", "There is no such page here.")));
    }
    const int status = is_known_path ? 405 : 404;
    respond(problem_response(Problem{.status = status}));
}

CollectContext collect_context(const ServeContext& context, const rules::Rulebook& book, const std::string& actor) {
    CollectContext collect;
    collect.definitions = &book.definitions;
    collect.currency_digits = book.money_digits;
    collect.received_at = context.host.wall_now();
    collect.engine_now = context.host.engine_now();
    collect.actor = actor;
    collect.own_clock = book.definitions.workspace.clock_start.has_value();
    return collect;
}

}  // namespace segmentd::daemon
