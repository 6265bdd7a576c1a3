#include <catch2/catch.hpp>

#include "daemon/net/authorization.hpp"
#include "daemon/net/base64.hpp"
#include "daemon/net/inflate.hpp"
#include "daemon/net/problem.hpp"
#include "daemon/net/query.hpp"
#include "daemon/net/response_text.hpp"
#include "daemon/net/url.hpp"

namespace segmentd::daemon {
namespace {

HttpRequest request_with(HttpHeaders headers) {
    HttpRequest request;
    request.headers = std::move(headers);
    return request;
}

std::string token_in(HttpHeaders headers) {
    const auto credential = credential_in(request_with(std::move(headers)));
    return credential ? credential->token : "none";
}

TEST_CASE("a query is taken apart into decoded names and values") {
    const auto query = parse_query("from=2027-01-01&name=A%26B+C&flag&&name=second&=empty").value();

    REQUIRE(query.parameters.size() == 5);
    CHECK(*query.find("from") == "2027-01-01");
    CHECK(*query.find("name") == "A&B C");
    CHECK(query.find("flag")->empty());
    CHECK(*query.find("") == "empty");
    CHECK(query.find("to") == nullptr);
}

TEST_CASE("a query with broken percent signs or too many parameters is refused") {
    std::string many;
    for (int i = 0; i < 101; ++i) many += "a&";

    CHECK(parse_query("a=%4").error().code == ErrorCode::invalid);
    CHECK(parse_query("%+1=a").error().code == ErrorCode::invalid);
    CHECK(parse_query("a=%-1").error().code == ErrorCode::invalid);
    CHECK(parse_query(many).error().code == ErrorCode::limit);
    CHECK(parse_query("").value().parameters.empty());
}

TEST_CASE("percent signs are decoded in one round") {
    CHECK(decode_percent("a%2Fb%2f%2541") == "a/b/%41");
    CHECK(!decode_percent("100%"));
    CHECK(encode_percent("a/b %&é-1.~") == "a%2Fb%20%25%26%C3%A9-1.~");
}

TEST_CASE("a URL is taken apart into what a call needs") {
    const auto plain = parse_url("http://Example.COM").value();
    const auto secure = parse_url("https://crm.example.com:8443/a%20b?c=d#e").value();
    const auto address = parse_url("http://[::1]:80/x").value();

    CHECK(plain.host == "example.com");
    CHECK(plain.port == 80);
    CHECK(plain.target == "/");
    CHECK(plain.authority == "example.com");
    CHECK(secure.is_secure);
    CHECK(secure.port == 8443);
    CHECK(secure.target == "/a%20b?c=d");
    CHECK(secure.authority == "crm.example.com:8443");
    CHECK(address.host == "::1");
    CHECK(address.authority == "[::1]");
    CHECK(parse_url("https://h?q").value().target == "/?q");
}

TEST_CASE("URLs that are not called are refused without being repeated") {
    for (const char* text :
         {"", "crm.example.com/x", "ftp://h/", "file:///etc/passwd", "http://", "http:///x", "http://user:pass@h/",
          "http://h:0/", "http://h:99999/", "http://h/a b", "http://a%0db/"}) {
        const auto url = parse_url(text);

        CAPTURE(text);
        REQUIRE(!url);
        CHECK(to_text(url.error()).find("pass@") == std::string::npos);
    }
}

TEST_CASE("credentials are found in the three places where clients put them") {
    CHECK(token_in({{"Authorization", "Bearer abc"}}) == "abc");
    CHECK(token_in({{"authorization", "bearer  abc"}}) == "abc");
    CHECK(token_in({{"Authorization", "Basic a2V5Og=="}}) == "key");              // key:
    CHECK(token_in({{"Authorization", "Basic OnNlY3JldA=="}}) == "secret");       // :secret
    CHECK(token_in({{"Authorization", "Basic dXNlcjpzZTpjcmV0"}}) == "se:cret");  // user:se:cret
    CHECK(token_in({{"X-API-Key", "k"}}) == "k");
    CHECK(credential_in(request_with({{"X-API-Key", "k"}}))->scheme == Credential::Scheme::api_key);
}

TEST_CASE("broken and empty credentials are none") {
    CHECK(token_in({}) == "none");
    CHECK(token_in({{"Authorization", "Bearer"}}) == "none");
    CHECK(token_in({{"Authorization", "Bearer "}}) == "none");
    CHECK(token_in({{"Authorization", "Basic !!"}}) == "none");
    CHECK(token_in({{"Authorization", "Basic a2V5"}}) == "none");  // no colon
    CHECK(token_in({{"Authorization", "Basic Og=="}}) == "none");  // a colon alone
}

TEST_CASE("base64 is read in its one canonical form only") {
    CHECK(to_base64("foob") == "Zm9vYg==");  // RFC 4648, section 10
    CHECK(from_base64("Zm9vYg==") == "foob");
    CHECK(from_base64("") == "");
    for (const char* text : {"Zm9vYg", "Zm9vYg=", "Zm9vYh==", "Zm9v Yg==", "Zm9vYg==\n", "Zm-_", "===="}) {
        CAPTURE(text);
        CHECK(!from_base64(text));
    }
}

TEST_CASE("a problem says what went wrong in the form of RFC 9457") {
    const auto response =
        problem_response(Problem{.status = 404, .detail = "no segment \"x\"", .members = {{"segments", "[\"y\"]"}}});

    CHECK(response.status == 404);
    CHECK(response.content_type == "application/problem+json");
    CHECK(response.body ==
          R"({"type":"about:blank","title":"Not Found","status":404,"detail":"no segment \"x\"","segments":["y"]})");
}

TEST_CASE("an error becomes a problem with its hint, rule and place") {
    const auto response = problem_response(
        Error{ErrorCode::invalid, "weights add to 90 %", {"pilots/spring.yaml", 14, 9}, "weights", "make them 100 %"});

    CHECK(response.status == 400);
    CHECK(response.body ==
          R"({"type":"about:blank","title":"Bad Request","status":400,"detail":"weights add to 90 %; make them 100 %",)"
          R"("rule":"weights","where":{"file":"pilots/spring.yaml","line":14,"column":9}})");
    CHECK(problem_response(Error{ErrorCode::unavailable, "full", {}, {}, {}}).status == 503);
}

TEST_CASE("a date is written as HTTP wants it") {
    // RFC 9110, section 5.6.7
    CHECK(http_date(std::chrono::sys_seconds(std::chrono::seconds(784'111'777))) == "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST_CASE("zlib texts and gzip members one after the other are inflated, broken ones are refused") {
    // gzip of "a", made by gzip -n
    const auto member =
        std::string_view("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b\x04\x00\x43\xbe\xb7\xe8\x01\x00\x00\x00", 21);
    const auto zlib = std::string_view("\x78\x9c\x4b\x04\x00\x00\x62\x00\x62", 9);  // zlib.compress(b"a")
    const std::string two = std::string(member) + std::string(member);

    CHECK(inflate(member, 1).value() == "a");
    CHECK(inflate(zlib, 1).value() == "a");
    CHECK(inflate(two, 2).value() == "aa");
    CHECK(inflate(two, 1).error().code == ErrorCode::limit);
    CHECK(inflate(member.substr(0, 15), 10).error().code == ErrorCode::invalid);
    CHECK(inflate(std::string(member) + "x", 10).error().code == ErrorCode::invalid);
    CHECK(inflate("", 10).error().code == ErrorCode::invalid);
}

}  // namespace
}  // namespace segmentd::daemon
