#include "daemon/net/http_server.hpp"

#include <zlib.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <stdexcept>

#include "tests/unit/daemon/raw_connection.hpp"

namespace segmentd::daemon {
namespace {

using std::chrono::milliseconds;

HttpResponse text_response(std::string body) {
    HttpResponse response;
    response.content_type = "text/plain";
    response.body = std::move(body);
    return response;
}

// Says what of the request came through.
void echo(HttpRequest request, Respond respond) {
    respond(text_response(request.method + " " + request.path + "?" + request.query + " " + request.body));
}

std::unique_ptr<HttpServer> started(const HttpServerSettings& settings, Handler handler) {
    return HttpServer::start(settings, std::move(handler)).value();
}

std::unique_ptr<HttpServer> started(Handler handler) {
    return started({}, std::move(handler));
}

// One request on a connection of its own, up to the end of the connection.
std::string ask(const HttpServer& server, const std::string& request) {
    auto connection = RawConnection::to(server.port());
    connection.send(request);
    return connection.read_to_end();
}

std::string body_of(const std::string& response) {
    return response.substr(response.find("\r\n\r\n") + 4);
}

std::string gzip(const std::string& text) {
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    std::string coded(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(coded.data());
    stream.avail_out = static_cast<uInt>(coded.size());
    deflate(&stream, Z_FINISH);
    coded.resize(stream.total_out);
    deflateEnd(&stream);
    return coded;
}

std::string post(const std::string& headers, const std::string& body) {
    return "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST_CASE("a request reaches the handler with its path decoded and its query and body as sent") {
    const auto server = started(echo);

    const auto response =
        ask(*server, "PUT /a%20b/c?x=1%202 HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc");

    CHECK(response.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(response.find("Content-Type: text/plain\r\n") != std::string::npos);
    CHECK(response.find("Connection: close\r\n") != std::string::npos);
    CHECK(body_of(response) == "PUT /a b/c?x=1%202 abc");
}

TEST_CASE("a header is found whatever its case, and the peer's address is known") {
    const auto server = started([](HttpRequest request, Respond respond) {
        respond(text_response(std::string(request.header("x-ONE")) + request.remote_address));
    });

    const auto response = ask(*server, "GET / HTTP/1.1\r\nHost: h\r\nX-One: 1 \r\nConnection: close\r\n\r\n");

    CHECK(body_of(response) == "1127.0.0.1");
}

TEST_CASE("one connection carries many requests, also when they are sent ahead") {
    const auto server = started(echo);
    auto connection = RawConnection::to(server->port());

    connection.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto first_two = connection.read_until("GET /2? ");
    connection.send("GET /3 HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto third = connection.read_until("GET /3? ");

    CHECK(first_two.find("GET /1? ") < first_two.find("GET /2? "));
    CHECK(first_two.find("GET /2? ") != std::string::npos);
    CHECK(third.find("Connection: keep-alive\r\n") != std::string::npos);
    CHECK(third.ends_with("GET /3? "));
}

TEST_CASE("an answer may come later and from another thread") {
    std::promise<Respond> asked;
    const auto server = started([&](HttpRequest, Respond respond) { asked.set_value(std::move(respond)); });
    auto connection = RawConnection::to(server->port());
    connection.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

    const Respond respond = asked.get_future().get();
    respond(text_response("later"));

    CHECK(connection.read_until("later").ends_with("later"));
}

TEST_CASE("only the first answer to a request counts") {
    const auto server = started([](HttpRequest request, Respond respond) {
        respond(text_response("first of " + request.path));
        respond(text_response("second of " + request.path));
    });
    auto connection = RawConnection::to(server->port());

    connection.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto responses = connection.read_until("of /b");

    CHECK(responses.find("first of /a") != std::string::npos);
    CHECK(responses.ends_with("first of /b"));
    CHECK(responses.find("second") == std::string::npos);
}

TEST_CASE("an answer that comes after the server is gone does nothing") {
    std::promise<Respond> asked;
    auto server = started([&](HttpRequest, Respond respond) { asked.set_value(std::move(respond)); });
    auto connection = RawConnection::to(server->port());
    connection.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    const Respond respond = asked.get_future().get();

    server.reset();
    respond(text_response("too late"));

    CHECK(connection.read_to_end().empty());
}

TEST_CASE("the pieces of a chunked body are joined") {
    const auto server = started(echo);

    const auto response = ask(*server,
                              "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                              "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: ignored\r\n\r\n");

    CHECK(body_of(response) == "POST /? abcdefg");
}

TEST_CASE("gzip and deflate are taken off a body") {
    const auto server = started(echo);

    const auto response = ask(*server, post("Content-Encoding: gzip\r\n", gzip("{\"batch\":[]}")));

    CHECK(body_of(response) == "POST /? {\"batch\":[]}");
}

TEST_CASE("a body that inflates beyond the limit is refused with 413") {
    const auto server = started({.body_limit = 1'000}, echo);

    const auto at_limit = ask(*server, post("Content-Encoding: gzip\r\n", gzip(std::string(1'000, 'x'))));
    const auto beyond = ask(*server, post("Content-Encoding: gzip\r\n", gzip(std::string(1'001, 'x'))));

    CHECK(at_limit.starts_with("HTTP/1.1 200 "));
    CHECK(beyond.starts_with("HTTP/1.1 413 "));
}

TEST_CASE("a broken or unknown coding of the body is refused") {
    const auto server = started(echo);

    CHECK(ask(*server, post("Content-Encoding: gzip\r\n", "no gzip")).starts_with("HTTP/1.1 400 "));
    CHECK(ask(*server, post("Content-Encoding: br\r\n", "x")).starts_with("HTTP/1.1 415 "));
}

TEST_CASE("a body above the limit is refused with a problem although the client goes on sending") {
    const auto server = started({.body_limit = 1'000'000}, echo);

    const auto declared = ask(*server, post("", std::string(1'500'000, 'x')));
    const auto chunked = ask(*server, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nF4241\r\n" +
                                          std::string(1'500'000, 'x'));

    CHECK(declared.starts_with("HTTP/1.1 413 "));
    CHECK(declared.find("Content-Type: application/problem+json\r\n") != std::string::npos);
    CHECK(declared.find("\"status\":413") != std::string::npos);
    CHECK(chunked.starts_with("HTTP/1.1 413 "));
}

TEST_CASE("a header above the limit is refused with 431") {
    const auto server = started({.header_limit = 1'000}, echo);

    CHECK(ask(*server, "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(2'000, 'x')).starts_with("HTTP/1.1 431 "));
    CHECK(ask(*server, "GET /" + std::string(2'000, 'x')).starts_with("HTTP/1.1 431 "));
}

TEST_CASE("what breaks HTTP or could be understood in two ways is refused") {
    const auto server = started(echo);
    const auto status = [&](const std::string& request) { return ask(*server, request).substr(0, 12); };

    CHECK(status("nonsense\r\n\r\n") == "HTTP/1.1 400");
    CHECK(status("GET / HTTP/1.1\r\n\r\n") == "HTTP/1.1 400");
    CHECK(status("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") == "HTTP/1.1 400");
    CHECK(status("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n") == "HTTP/1.1 400");
    CHECK(status("GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n") == "HTTP/1.1 400");
    CHECK(status("GET a HTTP/1.1\r\nHost: h\r\n\r\n") == "HTTP/1.1 400");
    CHECK(status("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n") ==
          "HTTP/1.1 400");
    CHECK(status("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n") == "HTTP/1.1 501");
}

TEST_CASE("a client that takes the server for a proxy is understood") {
    const auto server = started(echo);

    const auto response = ask(*server, "GET http://h/x?y HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

    CHECK(body_of(response) == "GET /x?y ");
}

TEST_CASE("a client that is too slow with its header or its body gets 408") {
    const auto server = started({.header_timeout = milliseconds(20), .body_timeout = milliseconds(20)}, echo);

    CHECK(ask(*server, "GET / HTT").starts_with("HTTP/1.1 408 "));
    CHECK(ask(*server, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab").starts_with("HTTP/1.1 408 "));
}

TEST_CASE("an idle connection is closed without a word") {
    const auto server = started({.idle_timeout = milliseconds(20)}, echo);

    CHECK(ask(*server, "").empty());
}

TEST_CASE("a handler that throws is answered for with 500") {
    const auto server = started([](HttpRequest, Respond) { throw std::runtime_error("broken"); });
    auto connection = RawConnection::to(server->port());

    connection.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto response = connection.read_until("}");

    CHECK(response.starts_with("HTTP/1.1 500 "));
    CHECK(response.find("broken") == std::string::npos);
}

TEST_CASE("a handler that does not answer in time is answered for with 503") {
    const auto server = started({.answer_timeout = milliseconds(20)}, [](HttpRequest, Respond) {});

    const auto response = ask(*server, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");

    CHECK(response.starts_with("HTTP/1.1 503 "));
    CHECK(response.find("Retry-After: 1\r\n") != std::string::npos);
}

TEST_CASE("HEAD gets the header of the answer without its body") {
    const auto server = started([](HttpRequest, Respond respond) { respond(text_response("12345")); });

    const auto response = ask(*server, "HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

    CHECK(response.find("Content-Length: 5\r\n") != std::string::npos);
    CHECK(body_of(response).empty());
}

TEST_CASE("204 and 304 have neither body nor length") {
    const auto server = started([](HttpRequest request, Respond respond) {
        HttpResponse response;
        response.status = request.path == "/204" ? 204 : 304;
        respond(std::move(response));
    });

    const auto no_content = ask(*server, "GET /204 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    const auto not_modified = ask(*server, "GET /304 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

    CHECK(no_content.starts_with("HTTP/1.1 204 No Content\r\n"));
    CHECK(no_content.find("Content-Length") == std::string::npos);
    CHECK(not_modified.starts_with("HTTP/1.1 304 Not Modified\r\n"));
}

TEST_CASE("a client that asks before it sends its body is told to go on") {
    const auto server = started(echo);
    auto connection = RawConnection::to(server->port());

    connection.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    CHECK(connection.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    connection.send("abc");

    CHECK(connection.read_until("abc").starts_with("HTTP/1.1 200 "));
}

TEST_CASE("a client of HTTP/1.0 gets its answer and the end of the connection") {
    const auto server = started(echo);

    CHECK(body_of(ask(*server, "GET / HTTP/1.0\r\n\r\n")) == "GET /? ");
}

TEST_CASE("a connection beyond the limit gets 503, and a place that becomes free is given away") {
    const auto server = started({.connections_limit = 1}, echo);
    auto first = RawConnection::to(server->port());
    first.send("GET /first HTTP/1.1\r\nHost: h\r\n\r\n");
    first.read_until("/first");

    const auto refused = ask(*server, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    first.send("GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    first.read_to_end();
    first.close();
    std::string next;
    for (int tries = 0; tries < 1'000 && !next.starts_with("HTTP/1.1 200 "); ++tries) {
        next = ask(*server, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    }

    CHECK(refused.starts_with("HTTP/1.1 503 "));
    CHECK(next.starts_with("HTTP/1.1 200 "));
}

TEST_CASE("a header value cannot begin another header") {
    const auto server = started([](HttpRequest, Respond respond) {
        HttpResponse response;
        response.headers.emplace_back("X-Name", "a\r\nX-Evil: b");
        respond(std::move(response));
    });

    const auto response = ask(*server, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

    CHECK(response.find("X-Name: a  X-Evil: b\r\n") != std::string::npos);
}

TEST_CASE("a server that stops answers what is under way and closes what is idle") {
    std::promise<Respond> asked;
    const auto server = started([&](HttpRequest, Respond respond) { asked.set_value(std::move(respond)); });
    auto idle = RawConnection::to(server->port());
    auto busy = RawConnection::to(server->port());
    busy.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    const Respond respond = asked.get_future().get();

    auto stopped = std::async(std::launch::async, [&] { server->stop(milliseconds(5'000)); });
    const auto of_idle = idle.read_to_end();
    respond(text_response("still served"));
    const auto of_busy = busy.read_to_end();
    busy.close();
    stopped.get();

    CHECK(of_idle.empty());
    CHECK(body_of(of_busy) == "still served");
    CHECK(of_busy.find("Connection: close\r\n") != std::string::npos);
    CHECK_THROWS(RawConnection::to(server->port()));
}

TEST_CASE("a server that stops waits for nobody beyond the deadline") {
    std::promise<void> asked;
    const auto server = started([&](HttpRequest, Respond) { asked.set_value(); });
    auto connection = RawConnection::to(server->port());
    connection.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    asked.get_future().get();

    server->stop(milliseconds(10));

    CHECK(connection.read_to_end().empty());
}

TEST_CASE("a server that accepts no more goes on serving the connections it has") {
    const auto server = started(echo);
    auto connection = RawConnection::to(server->port());
    connection.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
    connection.read_until("/1");

    server->stop_accepting();
    connection.send("GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");

    CHECK(connection.read_until("/2").starts_with("HTTP/1.1 200 "));
}

TEST_CASE("a port that is taken and an address that is none are errors with a way out") {
    const auto server = started(echo);

    const auto taken = HttpServer::start({.port = server->port()}, echo);
    const auto nonsense = HttpServer::start({.address = "nowhere"}, echo);

    REQUIRE(!taken);
    CHECK(taken.error().code == ErrorCode::conflict);
    CHECK(taken.error().hint == "stop the other program or choose another port");
    REQUIRE(!nonsense);
    CHECK(nonsense.error().message == "'nowhere' is no address to listen on");
}

}  // namespace
}  // namespace segmentd::daemon
