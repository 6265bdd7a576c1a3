#include "daemon/net/http_client.hpp"

#include <catch2/catch.hpp>
#include <future>

#include "daemon/net/http_server.hpp"
#include "tests/unit/daemon/raw_connection.hpp"

namespace segmentd::daemon {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string url_of(std::uint16_t port) {
    return "http://127.0.0.1:" + std::to_string(port) + "/hook?x=1";
}

HttpOutcome outcome_of(HttpClient& client, HttpCall call) {
    std::promise<HttpOutcome> promise;
    auto future = promise.get_future();
    client.send(std::move(call), [&promise](HttpOutcome outcome) { promise.set_value(std::move(outcome)); });
    return future.get();
}

// Reads a request without body and says this.
ScriptedServer::Part answers(std::string response) {
    return [response = std::move(response)](RawConnection& connection) {
        connection.read_until("\r\n\r\n");
        connection.send(response);
    };
}

TEST_CASE("a call carries method, target, headers and body, and brings back status, headers and body") {
    const auto server = HttpServer::start({}, [](HttpRequest request, Respond respond) {
                            HttpResponse response;
                            response.status = 202;
                            response.headers.emplace_back("X-Seen", std::string(request.header("webhook-id")));
                            response.body = request.method + request.target + request.body;
                            respond(std::move(response));
                        }).value();
    HttpClient client({});

    const auto outcome =
        outcome_of(client, {.url = url_of(server->port()), .headers = {{"webhook-id", "msg_1"}}, .body = "{}"});

    CHECK(outcome.status == 202);
    CHECK(outcome.body == "POST/hook?x=1{}");
    CHECK(find_header(outcome.headers, "x-seen") == "msg_1");
    CHECK(outcome.error.empty());
}

TEST_CASE("the next call to the same place takes the connection of the last") {
    std::atomic<int> seen = 0;
    ScriptedServer server({[&](RawConnection& connection) {
        for (int i = 0; i < 2; ++i) {
            connection.read_until("\r\n\r\n");
            ++seen;
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        }
    }});
    HttpClient client({});

    CHECK(outcome_of(client, {.url = url_of(server.port())}).status == 200);
    CHECK(outcome_of(client, {.url = url_of(server.port())}).status == 200);
    CHECK(seen == 2);
}

TEST_CASE("a kept connection that has died is replaced once") {
    std::promise<void> closed;
    ScriptedServer server({answers("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"),
                           answers("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb")});
    HttpClient client({});

    const auto first = outcome_of(client, {.url = url_of(server.port())});
    const auto second = outcome_of(client, {.url = url_of(server.port())});

    CHECK(first.body == "a");
    CHECK(second.body == "b");
}

TEST_CASE("a new connection that ends without an answer is an error and not tried again") {
    ScriptedServer server({[](RawConnection& connection) { connection.read_until("\r\n\r\n"); }});
    HttpClient client({});

    const auto outcome = outcome_of(client, {.url = url_of(server.port())});

    CHECK(outcome.status == 0);
    CHECK(outcome.error == "could not receive: End of file");
}

TEST_CASE("a port where nobody listens is an error") {
    std::uint16_t port = 0;
    {
        ScriptedServer server({});
        port = server.port();
    }
    HttpClient client({});

    const auto outcome = outcome_of(client, {.url = url_of(port)});
    const auto fetched = client.fetch({.url = url_of(port), .method = "GET"});

    CHECK(outcome.status == 0);
    CHECK(outcome.error == "could not connect: Connection refused");
    REQUIRE(!fetched);
    CHECK(fetched.error().code == ErrorCode::unavailable);
}

TEST_CASE("a call ends at its deadline") {
    std::promise<void> done;
    ScriptedServer server({[&](RawConnection& connection) {
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
        done.get_future().wait();
    }});
    HttpClient client({});

    const auto outcome = outcome_of(client, {.url = url_of(server.port()), .timeout = milliseconds(20)});
    done.set_value();

    CHECK(outcome.status == 0);
    CHECK(outcome.error == "no whole answer came within 20 ms");
}

TEST_CASE("a body beyond the limit is cut, and its status stands") {
    const std::string body(70'000, 'x');
    ScriptedServer server({answers("HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n" + body)});
    HttpClient client({});

    const auto outcome = outcome_of(client, {.url = url_of(server.port())});

    CHECK(outcome.status == 200);
    CHECK(outcome.is_body_cut);
    CHECK(outcome.body.size() == 65'536);
}

TEST_CASE("redirects are not followed") {
    ScriptedServer server({answers("HTTP/1.1 302 Found\r\nLocation: /else\r\nContent-Length: 0\r\n\r\n")});
    HttpClient client({});

    CHECK(outcome_of(client, {.url = url_of(server.port())}).status == 302);
}

TEST_CASE("answers in chunks, after interim answers and up to the end of the connection are read") {
    ScriptedServer server({answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                                   "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"),
                           answers("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n"
                                   "Connection: close\r\nContent-Length: 3\r\n\r\ndef"),
                           answers("HTTP/1.1 200 OK\r\n\r\nghi")});
    HttpClient client({});

    CHECK(outcome_of(client, {.url = url_of(server.port())}).body == "abc");
    CHECK(outcome_of(client, {.url = url_of(server.port())}).body == "def");
    CHECK(outcome_of(client, {.url = url_of(server.port())}).body == "ghi");
}

TEST_CASE("the answer to HEAD has no body and leaves the connection usable") {
    ScriptedServer server({[](RawConnection& connection) {
        connection.read_until("\r\n\r\n");
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
        connection.read_until("\r\n\r\n");
        connection.send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
    }});
    HttpClient client({});

    CHECK(outcome_of(client, {.url = url_of(server.port()), .method = "HEAD"}).status == 200);
    CHECK(outcome_of(client, {.url = url_of(server.port())}).status == 201);
}

TEST_CASE("an answer that breaks HTTP is an error") {
    ScriptedServer server({answers("SMTP ready\r\n\r\n")});
    HttpClient client({});

    const auto outcome = outcome_of(client, {.url = url_of(server.port())});

    CHECK(outcome.status == 0);
    CHECK(outcome.error.starts_with("the answer breaks HTTP: "));
}

TEST_CASE("a URL that cannot be called is an error") {
    HttpClient client({});

    CHECK(outcome_of(client, {.url = "ftp://h/"}).error ==
          "only http and https URLs are called; write https://host[:port]/path");
}

TEST_CASE("the wait that a receiver asks for is handed on") {
    ScriptedServer server({answers("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n")});
    HttpClient client({});

    CHECK(outcome_of(client, {.url = url_of(server.port())}).retry_after == seconds(120));
}

TEST_CASE("Retry-After is seconds or a date") {
    const std::chrono::sys_seconds now{seconds(784'111'777)};  // Sun, 06 Nov 1994 08:49:37 GMT (RFC 9110)

    CHECK(parse_retry_after("0", now) == seconds(0));
    CHECK(parse_retry_after("Sun, 06 Nov 1994 08:50:37 GMT", now) == seconds(60));
    CHECK(parse_retry_after("Sun, 06 Nov 1994 08:49:00 GMT", now) == seconds(0));
    CHECK(parse_retry_after("99999999999", now) == seconds(366 * 24 * 3600));
    CHECK(parse_retry_after("99999999999999999999", now) == seconds(366 * 24 * 3600));
    CHECK(!parse_retry_after("-1", now));
    CHECK(!parse_retry_after("-99999999999999999999", now));
    CHECK(!parse_retry_after("", now));
    CHECK(!parse_retry_after("Sun, 31 Feb 1994 08:49:37 GMT", now));
    CHECK(!parse_retry_after("tomorrow", now));
}

TEST_CASE("a client that stops ends its calls and takes no more") {
    std::promise<void> asked;
    std::promise<void> done;
    ScriptedServer server({[&](RawConnection& connection) {
        connection.read_until("\r\n\r\n");
        asked.set_value();
        done.get_future().wait();
    }});
    HttpClient client({});
    std::promise<HttpOutcome> ended;
    client.send({.url = url_of(server.port())}, [&](HttpOutcome outcome) { ended.set_value(std::move(outcome)); });
    asked.get_future().get();

    client.stop();
    done.set_value();

    CHECK(ended.get_future().get().error == "the client is stopped");
    CHECK(outcome_of(client, {.url = url_of(server.port())}).error == "the client is stopped");
}

TEST_CASE("calls beyond the limit are refused at once") {
    HttpClient client({.calls_limit = 0});

    CHECK(outcome_of(client, {.url = "http://127.0.0.1:1/"}).error == "too many calls are under way");
}

}  // namespace
}  // namespace segmentd::daemon
