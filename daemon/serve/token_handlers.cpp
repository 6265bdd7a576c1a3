// The tokens themselves: listed, handed out, taken back. Every change is answered once it is durable.
#include <boost/json.hpp>

#include "base/json_text.hpp"
#include "daemon/net/problem.hpp"
#include "daemon/serve/json_body.hpp"
#include "daemon/serve/routes.hpp"
#include "daemon/serve/tokens.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

Timestamp wall_now();
Result<TokenWish> wish_in(const std::string& body);
Record record_of(const ServeContext& context, const std::string& actor, TokenRecord token);
void hand_out(ServeContext& context, Store& store, const NewToken& token, Record record, const Respond& respond);
Intake intake_of(Record record, const Respond& respond, std::function<HttpResponse()> when_durable);

// What holds a secret, or says who has one, stays out of every cache.
HttpResponse uncached(int status, const json::value& value) {
    return {.status = status, .body = json_text(value), .headers = {{"Cache-Control", "no-store"}}};
}

}  // namespace

void answer_tokens(ServeContext& context, RoutedRequest, Respond respond) {
    json::array rows;
    for (const auto& token : context.tokens.all()) rows.push_back(token_json(token, wall_now()));
    respond(uncached(200, rows));
}

void answer_token_creation(ServeContext& context, RoutedRequest request, Respond respond) {
    const auto wish = wish_in(request.http.body);
    if (!wish) return respond(problem_response(wish.error()));
    auto token = make_token(*wish, wall_now());
    if (!token) return respond(problem_response(token.error()));
    auto record = record_of(context, request.actor, token->record);
    const bool asked =
        context.host.commits().query([&context, token = std::move(*token), record = std::move(record),
                                      respond](Store& store) { hand_out(context, store, token, record, respond); });
    if (!asked) respond(busy_response(context));
}

void answer_token_revocation(ServeContext& context, RoutedRequest request, Respond respond) {
    auto revocation = make_revocation(context.tokens.all(), request.open_parts.front(), wall_now());
    if (!revocation) return respond(problem_response(revocation.error()));
    auto record = record_of(context, request.actor, *revocation);
    const auto when_durable = [&context, id = revocation->id, at = record.received_at] {
        context.tokens.revoke(id, at);
        return uncached(200, json::object{{"id", id}, {"revoked_at", to_text(at)}});
    };
    if (!context.host.offer(intake_of(std::move(record), respond, when_durable))) respond(busy_response(context));
}

namespace {

Timestamp wall_now() {
    return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

Result<TokenWish> wish_in(const std::string& body) {
    TRY(words, json_body(body));
    TokenWish wish;
    const auto read = [&](const char* name, std::string& text) {
        const auto* member = words.if_contains(name);
        if (member == nullptr) return true;
        if (member->is_string()) text = std::string(member->get_string());
        return member->is_string();
    };
    const bool is_sound = read("role", wish.role) && read("expires", wish.expires_in) && read("name", wish.name);
    if (is_sound) return wish;
    return fail(ErrorCode::invalid, R"(send {"role": "viewer", "expires": "90d", "name": "reports"})");
}

Record record_of(const ServeContext& context, const std::string& actor, TokenRecord token) {
    Record record;
    record.received_at = wall_now();
    record.occurred_at = context.host.engine_now();
    record.actor = actor;
    record.payload = std::move(token);
    return record;
}

// On the store thread, which thereby knows the hash before the record comes.
void hand_out(ServeContext& context, Store& store, const NewToken& token, Record record, const Respond& respond) {
    if (auto expected = store.expect_token(token.record, token.hash, record.received_at); !expected) {
        return respond(problem_response(expected.error()));
    }
    const auto stored = stored_token(token, record);
    const auto when_durable = [&context, stored, secret = token.secret] {
        context.tokens.add(stored);
        auto answer = token_json(stored, stored.created_at);
        answer["secret"] = secret;
        return uncached(201, answer);
    };
    if (context.host.offer(intake_of(std::move(record), respond, when_durable))) return;
    store.forget_token(token.record.id);
    respond(busy_response(context));
}

Intake intake_of(Record record, const Respond& respond, std::function<HttpResponse()> when_durable) {
    Intake intake;
    intake.records.push_back(std::move(record));
    intake.done = [respond, when_durable = std::move(when_durable)](const IntakeOutcome& outcome) {
        respond(outcome.error ? problem_response(*outcome.error) : when_durable());
    };
    return intake;
}

}  // namespace
}  // namespace segmentd::daemon
