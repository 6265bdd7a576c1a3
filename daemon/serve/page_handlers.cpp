// The pages for people: everything at a glance, the brief of a segment, and the way in and out.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <memory>

#include "base/json_text.hpp"
#include "base/sha256.hpp"
#include "daemon/dashboard/brief_document.hpp"
#include "daemon/dashboard/pages.hpp"
#include "daemon/net/problem.hpp"
#include "daemon/net/query.hpp"
#include "daemon/reports/brief_report.hpp"
#include "daemon/reports/overview_report.hpp"
#include "daemon/serve/answers.hpp"
#include "daemon/serve/page_admission.hpp"
#include "daemon/serve/routes.hpp"
#include "daemon/serve/tokens.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

constexpr std::size_t most_lines = 10'000;  // of the ledger for one page, the newest
constexpr std::size_t newest_decisions = 50;

// Answers with what `make` makes of the brief, or of the Error where there is none.
using MakeBrief = std::function<HttpResponse(const Result<json::object>&)>;
void answer_with_brief(ServeContext& context, const RoutedRequest& request, const Respond& respond, MakeBrief make);
void answer_whole_brief(ServeContext& context, const SegmentId& segment, Respond respond);
Result<void> add_past(json::object& overview, Store& store, Timestamp now);
void add_health(json::object& overview, const ServeContext& context, const Store& store);
HttpResponse to_overview(std::string cookie);
std::string cookie_text(const ServeContext& context, const HttpRequest& request, const std::string& secret);

}  // namespace

void answer_overview_page(ServeContext& context, RoutedRequest request, Respond respond) {
    const PageReader reader{request.holder.name, to_word(request.holder.role),
                            includes(request.holder.role, Role::editor), !session_in(request.http).empty()};
    const bool asked = context.host.ask([&context, respond, reader](Engine& engine) {
        const auto now = engine.time_at(context.host.wall_now());
        auto overview = std::make_shared<json::object>(overview_report(engine, now));
        const bool queried = context.host.commits().query([&context, respond, reader, overview, now](Store& store) {
            if (const auto added = add_past(*overview, store, now); !added)
                return respond(problem_response(added.error()));
            add_health(*overview, context, store);
            respond(page_response(200, overview_page(*overview, reader)));
        });
        if (!queried) respond(busy_response(context));
    });
    if (!asked) respond(busy_response(context));
}

void answer_brief_page(ServeContext& context, RoutedRequest request, Respond respond) {
    answer_with_brief(context, request, respond, [](const Result<json::object>& brief) {
        if (brief) return page_response(200, document_page(brief_document(*brief), PagePlace::daemon));
        const bool is_unknown = brief.error().code == ErrorCode::not_found;
        return is_unknown ? page_response(404, message_page("Not found", brief.error().message))
                          : problem_response(brief.error());
    });
}

void answer_brief(ServeContext& context, RoutedRequest request, Respond respond) {
    const auto with_past = flag_in(request, "past");
    if (!with_past) return respond(problem_response(with_past.error()));
    if (*with_past) return answer_whole_brief(context, SegmentId(request.open_parts.front()), std::move(respond));
    answer_with_brief(context, request, respond, [](const Result<json::object>& brief) {
        return brief ? HttpResponse{.status = 200, .body = json_text(*brief), .headers = {}}
                     : problem_response(brief.error());
    });
}

void answer_sign_in(ServeContext& context, RoutedRequest request, Respond respond) {
    if (!is_own_form(request.http))
        return respond(page_response(403, sign_in_page("That form came from another site. Sign in here.")));
    const auto form = parse_query(request.http.body);
    const auto* token = form ? form->find("token") : nullptr;
    const auto now = context.host.wall_now();
    const auto holder = context.tokens.identify(token != nullptr ? *token : "", now);
    if (!holder) return respond(page_response(401, sign_in_page(refusal_text(holder.error()))));
    if (!includes(holder->role, Role::viewer)) {
        return respond(
            page_response(403, sign_in_page(fmt::format("The token {} has the role {}; the page needs viewer.",
                                                        holder->name, to_word(holder->role)))));
    }
    const auto id = holder->name == "admin" ? std::string_view() : token_id_in(*token);
    respond(to_overview(cookie_text(context, request.http, context.sessions.open(id, now))));
}

void answer_sign_out(ServeContext& context, RoutedRequest request, Respond respond) {
    if (!is_own_form(request.http)) return respond(page_response(403, sign_in_page("")));
    context.sessions.close(session_in(request.http));
    respond(to_overview(cookie_text(context, request.http, "")));
}

namespace {

void answer_with_brief(ServeContext& context, const RoutedRequest& request, const Respond& respond, MakeBrief make) {
    const SegmentId segment(request.open_parts.front());
    const bool asked = context.host.ask([&context, respond, segment, make = std::move(make)](Engine& engine) {
        auto brief = std::make_shared<Result<json::object>>(brief_report(engine, segment));
        if (!*brief) return respond(make(*brief));
        const bool queried = context.host.commits().query([respond, make, brief](Store& store) {
            const auto lines = event_lines(store, {}, most_lines);
            if (!lines) return respond(problem_response(lines.error()));
            add_decisions(**brief, *lines, lines->size() < most_lines);
            respond(make(*brief));
        });
        if (!queried) respond(busy_response(context));
    });
    if (!asked) respond(busy_response(context));
}

void answer_whole_brief(ServeContext& context, const SegmentId& segment, Respond respond) {
    answer_beside(context, {}, std::move(respond), [segment](Fold& fold) -> Result<json::value> {
        if (auto passed = fold.let_time_pass(); !passed) return fail(std::move(passed).error());
        TRY(lines, event_lines(fold.store(), {}, 0));
        TRY(brief, whole_brief(fold.engine(), segment, fold.past(), lines));
        return json::value(std::move(brief));
    });
}

Result<void> add_past(json::object& overview, Store& store, Timestamp now) {
    json::array flows;
    TRY(found_flows, store.segment_flows(now - Days(history_days), now + Duration(1)));
    for (const auto& flow : found_flows) {
        flows.push_back({{"day", flow.day}, {"segment", flow.segment}, {"entered", flow.entered}, {"left", flow.left}});
    }
    json::array migrations;
    TRY(moves, store.migrations(now - Days(migration_days), now + Duration(1)));
    for (const auto& move : moves)
        migrations.push_back({{"from", move.from}, {"to", move.to}, {"customers", move.customers}});
    TRY(lines, event_lines(store, {}, most_lines));
    overview["flows"] = std::move(flows);
    overview["migrations"] = std::move(migrations);
    overview["decisions"] = decisions_report(lines, newest_decisions);
    return {};
}

void add_health(json::object& overview, const ServeContext& context, const Store& store) {
    json::object rejects;
    for (const auto& [reason, count] : store.reject_counts()) rejects[reason] = count;
    overview["rejects"] = std::move(rejects);
    overview["health"] = json::object{{"durable_records", store.record_count()},
                                      {"waiting", context.host.waiting()},
                                      {"waiting_for_disk", context.host.commits().waiting()},
                                      {"clock_held", context.host.clock_is_held()},
                                      {"tree_head", to_hex(store.tree_head().root)},
                                      {"tree_size", store.tree_head().size}};
}

HttpResponse to_overview(std::string cookie) {
    auto response = page_response(303, "");
    response.headers.emplace_back("Location", "/");
    response.headers.emplace_back("Set-Cookie", std::move(cookie));
    return response;
}

// Without a secret it takes the cookie away. Behind a proxy that speaks TLS the daemon hears of it by
// X-Forwarded-Proto.
std::string cookie_text(const ServeContext& context, const HttpRequest& request, const std::string& secret) {
    const bool is_secure = context.speaks_tls || request.header("X-Forwarded-Proto") == "https";
    const auto seconds =
        secret.empty() ? 0 : std::chrono::duration_cast<std::chrono::seconds>(session_lifetime).count();
    return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{}", session_cookie, secret, seconds,
                       is_secure ? "; Secure" : "");
}

}  // namespace
}  // namespace segmentd::daemon
