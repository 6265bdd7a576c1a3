// Generated from the table of routes: a new row is tested here without another line.
#include "daemon/serve/admission.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "daemon/serve/tokens.hpp"

namespace segmentd::daemon {
namespace {

constexpr const char* admin_secret = "sgd_the_secret_of_the_store";

Timestamp now() {
    return parse_timestamp("2027-01-11T12:00:00Z").value();
}

// A book with three tokens of every role, and their secrets.
class Holders {
  public:
    Holders() {
        for (const Role role : token_roles) {
            good_[role] = hand_out(role, "90d", now());
            expired_[role] = hand_out(role, "1d", now() - Days(1));
            revoked_[role] = hand_out(role, "90d", now());
            tokens_.back().revoked_at = now();
        }
        book_.emplace(admin_secret, tokens_);
    }

    const TokenBook& book() const { return *book_; }
    const std::string& good(Role role) const { return good_.at(role); }
    const std::string& expired(Role role) const { return expired_.at(role); }
    const std::string& revoked(Role role) const { return revoked_.at(role); }

  private:
    std::string hand_out(Role role, const char* expires_in, Timestamp at) {
        const auto token = make_token({to_word(role), expires_in, ""}, at).value();
        Record record;
        record.received_at = at;
        tokens_.push_back(stored_token(token, record));
        return token.secret;
    }

    std::map<Role, std::string> good_, expired_, revoked_;
    std::vector<StoredToken> tokens_;
    std::optional<TokenBook> book_;
};

HttpRequest request_with(const std::string& secret) {
    HttpRequest request;
    if (!secret.empty()) request.headers.emplace_back("Authorization", "Bearer " + secret);
    return request;
}

// 200, or the status of the refusal.
int status_for(const Holders& holders, const Route& route, const std::string& secret) {
    const auto admitted = admit(holders.book(), route, request_with(secret), now());
    return admitted ? 200 : admitted.error().status;
}

// Which role may use routes of which, written out a second time.
const std::map<Role, std::set<Role>>& admitted_roles() {
    static const std::map<Role, std::set<Role>> table = {
        {Role::viewer, {Role::viewer, Role::editor, Role::approver, Role::auditor, Role::admin}},
        {Role::ingester, {Role::ingester, Role::admin}},
        {Role::evaluator, {Role::evaluator, Role::admin}},
        {Role::editor, {Role::editor, Role::admin}},
        {Role::approver, {Role::approver, Role::admin}},
        {Role::auditor, {Role::auditor, Role::admin}},
        {Role::admin, {Role::admin}},
    };
    return table;
}

TEST_CASE("every route admits the roles it is for and refuses the others, the expired and the revoked") {
    const Holders holders;
    for (const Route& route : routes()) {
        CAPTURE(route.method, route.path);
        const bool is_open = route.role == Role::anyone;
        CHECK(status_for(holders, route, "") == (is_open ? 200 : 401));
        CHECK(status_for(holders, route, "sgd_wrong") == (is_open ? 200 : 401));
        CHECK(status_for(holders, route, admin_secret) == 200);
        for (const Role role : token_roles) {
            CAPTURE(to_word(role));
            const bool may = is_open || admitted_roles().at(route.role).contains(role);
            CHECK(status_for(holders, route, holders.good(role)) == (may ? 200 : 403));
            CHECK(status_for(holders, route, holders.expired(role)) == (is_open ? 200 : 401));
            CHECK(status_for(holders, route, holders.revoked(role)) == (is_open ? 200 : 401));
        }
    }
}

TEST_CASE("open routes only read or sign in and out, and none of them tells anything about a customer") {
    const std::set<std::string> known = {"/", "/healthz", "/readyz", "/metrics", "/api/v1/status", "/login", "/logout"};
    for (const Route& route : routes()) {
        if (route.role != Role::anyone) continue;
        CAPTURE(route.path);
        const bool is_sign_in_or_out = route.handler == answer_sign_in || route.handler == answer_sign_out;
        CHECK(std::string(route.method) == (is_sign_in_or_out ? "POST" : "GET"));
        CHECK(known.contains(route.path));
    }
}

TEST_CASE("the ingest listener takes events in, answers products and health checks, and knows nothing else") {
    std::set<std::string> served;
    for (const Route& route : routes()) {
        CHECK(is_served_at(Listener::main, route));
        if (is_served_at(Listener::ingest, route)) served.insert(route.path);
    }

    for (const char* path :
         {"/healthz", "/readyz", "/v1/track", "/v1/batch", "/api/v1/events", "/ofrep/v1/evaluate/flags"}) {
        CHECK(served.contains(path));
    }
    for (const std::string& path : served) {
        CAPTURE(path);
        const bool is_known = path.starts_with("/v1/") || path.starts_with("/ofrep/") || path.starts_with("/hooks/") ||
                              path == "/api/v1/events" || path == "/healthz" || path == "/readyz";
        CHECK(is_known);
    }
}

TEST_CASE("the holder has the name of the token") {
    const auto token = make_token({"viewer", "90d", "reports"}, now()).value();
    const TokenBook book(admin_secret, {stored_token(token, Record{})});
    const Route reading{"GET", "/", Role::viewer, answer_segments, ""};
    const Route open{"GET", "/", Role::anyone, answer_welcome, ""};

    CHECK(admit(book, reading, request_with(token.secret), now())->name == "reports");
    CHECK(admit(book, reading, request_with(admin_secret), now())->name == "admin");
    CHECK(admit(book, open, request_with(token.secret), now())->name == "none");
}

TEST_CASE("a write key is the user of Basic, or stands in the body of a tracking call and nowhere else") {
    const auto token = make_token({"ingester", "90d", "sdk"}, now()).value();
    const TokenBook book(admin_secret, {stored_token(token, Record{})});
    const Route track{"POST", "/v1/track", Role::ingester, answer_tracking, ""};
    HttpRequest in_body;
    in_body.path = "/v1/track";
    in_body.body = R"({"event": "Order Completed", "writeKey": ")" + token.secret + "\"}";
    HttpRequest elsewhere = in_body;
    elsewhere.path = "/api/v1/events";

    CHECK(admit(book, track, in_body, now())->name == "sdk");
    CHECK(admit(book, track, elsewhere, now()).error().status == 401);
}

TEST_CASE("a refusal says what is wrong with the token, and how to come back") {
    const Holders holders;
    const Route route{"GET", "/", Role::editor, answer_segments, ""};
    const auto refusal = [&](const std::string& secret) {
        return admit(holders.book(), route, request_with(secret), now()).error();
    };

    CHECK(refusal("").headers.front().second == "Bearer realm=\"segmentd\"");
    CHECK(refusal(holders.expired(Role::editor)).headers.front().second ==
          "Bearer realm=\"segmentd\", error=\"invalid_token\", error_description=\"the token has expired\"");
    CHECK(refusal(holders.revoked(Role::editor)).body ==
          R"({"type":"about:blank","title":"Unauthorized","status":401,"detail":"the token was revoked"})");
    CHECK(refusal(holders.good(Role::viewer)).content_type == "application/problem+json");
    CHECK(refusal(holders.good(Role::viewer)).headers.empty());
}

}  // namespace
}  // namespace segmentd::daemon
