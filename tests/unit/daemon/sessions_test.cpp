#include "daemon/serve/sessions.hpp"

#include <catch2/catch.hpp>

#include "daemon/serve/page_admission.hpp"
#include "daemon/serve/tokens.hpp"

namespace segmentd::daemon {
namespace {

Timestamp start() {
    return parse_timestamp("2027-01-11T08:00:00Z").value();
}

HttpRequest request_with(HttpHeaders headers) {
    HttpRequest request;
    request.headers = std::move(headers);
    return request;
}

TEST_CASE("a session ends after 12 hours, and when it is closed") {
    Sessions sessions;
    const auto first = sessions.open("0011223344556677", start());
    const auto second = sessions.open("", start());

    CHECK(sessions.token_of(first, start() + session_lifetime - Duration(1)) == "0011223344556677");
    CHECK(sessions.token_of(second, start()) == "");
    CHECK_FALSE(sessions.token_of(first, start() + session_lifetime));
    CHECK_FALSE(sessions.token_of("", start()));
    sessions.close(second);
    CHECK_FALSE(sessions.token_of(second, start()));
}

TEST_CASE("the session that ends first makes room for the one beyond 1,000") {
    Sessions sessions;
    const auto first = sessions.open("", start());
    const auto second = sessions.open("", start() + Duration(1));
    for (int i = 0; i < 999; ++i) sessions.open("", start() + Duration(2));

    CHECK_FALSE(sessions.token_of(first, start() + Duration(3)));
    CHECK(sessions.token_of(second, start() + Duration(3)));
}

TEST_CASE("a revoked or expired token takes its sessions with it") {
    const auto token = make_token({"viewer", "1d", "reports"}, start()).value();
    const auto stored = stored_token(token, Record{});
    TokenBook book("sgd_admin", {stored});

    CHECK(book.holder_of(stored.id, start())->name == "reports");
    CHECK(book.holder_of("", start())->role == Role::admin);
    CHECK_FALSE(book.holder_of(stored.id, stored.expires_at));
    CHECK_FALSE(book.holder_of("unknown", start()));
    book.revoke(stored.id, start());
    CHECK_FALSE(book.holder_of(stored.id, start()));
}

TEST_CASE("the session is the cookie of our name among others") {
    CHECK(session_in(request_with({{"Cookie", "a=b; segmentd_session=abc; c=d"}})) == "abc");
    CHECK(session_in(request_with({{"Cookie", "segmentd_session=abc"}})) == "abc");
    CHECK(session_in(request_with({{"Cookie", "xsegmentd_session=abc;"}})).empty());
    CHECK(session_in(request_with({})).empty());
}

TEST_CASE("a form of another site is told by what browsers say of it") {
    CHECK(is_own_form(request_with({{"Sec-Fetch-Site", "same-origin"}})));
    CHECK_FALSE(is_own_form(request_with({{"Sec-Fetch-Site", "cross-site"}})));
    CHECK_FALSE(is_own_form(request_with({{"Sec-Fetch-Site", "same-site"}})));
    CHECK(is_own_form(request_with({{"Origin", "http://127.0.0.1:8686"}, {"Host", "127.0.0.1:8686"}})));
    CHECK_FALSE(is_own_form(request_with({{"Origin", "http://evil.example"}, {"Host", "127.0.0.1:8686"}})));
    CHECK_FALSE(is_own_form(request_with({{"Origin", "null"}, {"Host", "127.0.0.1:8686"}})));
    CHECK(is_own_form(request_with({{"Host", "127.0.0.1:8686"}})));
}

}  // namespace
}  // namespace segmentd::daemon
