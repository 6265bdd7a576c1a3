#include "daemon/serve/tokens.hpp"

#include <catch2/catch.hpp>

#include "daemon/serve/token_book.hpp"

namespace segmentd::daemon {
namespace {

Timestamp at(const char* text) {
    return parse_timestamp(text).value();
}

NewToken made(const TokenWish& wish) {
    return make_token(wish, at("2027-01-11")).value();
}

std::string refusal(const TokenWish& wish) {
    const auto token = make_token(wish, at("2027-01-11"));
    return token ? "" : token.error().message;
}

StoredToken stored(const char* id, const char* name) {
    return {.id = id, .name = name, .role = "viewer", .created_by = "token:admin", .expires_at = at("2027-06-01")};
}

TEST_CASE("a secret holds the id and 256 random bits, and only its hash is kept") {
    const auto first = made({"viewer", "90d", ""});
    const auto second = made({"viewer", "90d", ""});

    CHECK(first.secret.size() == 4 + 16 + 1 + 64);
    CHECK(token_id_in(first.secret) == first.record.id);
    CHECK(first.secret != second.secret);
    CHECK(first.hash == sha256(first.secret));
    CHECK(first.record.name == "viewer-" + first.record.id.substr(0, 6));
    CHECK(first.record.expires_at == at("2027-04-11"));
    CHECK(token_id_in("sgd_").empty());
    CHECK(token_id_in("sgd_0123456789abcdef").empty());
    CHECK(token_id_in("xyz_0123456789abcdef_1").empty());
}

TEST_CASE("a wish that cannot be met is refused by its part") {
    CHECK(refusal({"root", "90d", ""}) == "there is no role 'root'");
    CHECK(refusal({"anyone", "90d", ""}) == "there is no role 'anyone'");
    CHECK(refusal({"viewer", "", ""}) == "'' is no lifetime of a token");
    CHECK(refusal({"viewer", "0s", ""}) == "'0s' is no lifetime of a token");
    CHECK(refusal({"viewer", "3650d", ""}).empty());
    CHECK(refusal({"viewer", "3650d1s", ""}) == "'3650d1s' is no lifetime of a token");
    for (const char* name : {"admin", "none", "Crm", "1crm", "crm import", "crm\"", "crm/1"}) {
        CHECK(refusal({"viewer", "90d", name}) == "'" + std::string(name) + "' is no name for a token");
    }
    CHECK(refusal({"viewer", "90d", std::string(64, 'a')}).empty());
    CHECK(!refusal({"viewer", "90d", std::string(65, 'a')}).empty());
}

TEST_CASE("a name that was used again means the token in force") {
    auto old = stored("1111111111111111", "crm");
    old.expires_at = at("2027-01-02");
    auto revoked = stored("3333333333333333", "crm");
    revoked.revoked_at = at("2027-01-03");
    const std::vector<StoredToken> tokens = {old, stored("2222222222222222", "crm"), revoked};
    const auto now = at("2027-01-11");

    CHECK(make_revocation(tokens, "crm", now)->id == "2222222222222222");
    CHECK(make_revocation(tokens, "1111111111111111", now)->action == TokenAction::revoked);
    CHECK(make_revocation(tokens, "3333333333333333", now).error().code == ErrorCode::conflict);
    CHECK(make_revocation(tokens, "nobody", now).error().code == ErrorCode::not_found);
}

TEST_CASE("a token is accepted until the instant at which it expires") {
    const auto token = made({"viewer", "90d", "reports"});
    const TokenBook book("sgd_admin", {stored_token(token, Record{})});

    CHECK(book.identify(token.secret, at("2027-04-10T23:59:59Z"))->name == "reports");
    CHECK(book.identify(token.secret, at("2027-04-11")).error() == TokenFault::expired);
}

TEST_CASE("a secret with one other letter is unknown, whatever became of its token") {
    const auto token = made({"viewer", "90d", "reports"});
    TokenBook book("sgd_admin", {stored_token(token, Record{})});
    book.revoke(token.record.id, at("2027-01-12"));
    auto other = token.secret;
    other.back() = other.back() == '0' ? '1' : '0';

    CHECK(book.identify(token.secret, at("2027-01-13")).error() == TokenFault::revoked);
    CHECK(book.identify(other, at("2027-01-13")).error() == TokenFault::unknown);
    CHECK(book.identify("", at("2027-01-13")).error() == TokenFault::missing);
    CHECK(book.identify("sgd_admin", at("2027-01-13"))->role == Role::admin);
}

TEST_CASE("a token of a role that this version does not know opens nothing") {
    const auto token = made({"viewer", "90d", "reports"});
    auto row = stored_token(token, Record{});
    row.role = "astronaut";

    CHECK(TokenBook("sgd_admin", {row}).identify(token.secret, at("2027-01-13")).error() == TokenFault::unknown);
}

}  // namespace
}  // namespace segmentd::daemon
