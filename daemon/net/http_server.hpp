// The HTTP/1.1 server, over TLS where it has a certificate: one network thread that reads requests, hands each whole
// one to the handler and writes what is answered, whenever and from whatever thread the answer comes.
//
// A connection is kept alive and works at one request at a time; what a client sends ahead waits.
// Refused by the server itself, each with a problem (RFC 9457): broken HTTP 400, a client that is too
// slow 408, a body above the limit (as sent or inflated) 413, a coding that nothing here reads 415, a
// header above the limit 431, a handler that throws 500, a connection above the limit or a handler
// that does not answer in time 503.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "daemon/net/http_message.hpp"

namespace segmentd::daemon {

// PEM: the certificate with its chain, and its key without a pass phrase. Both empty: no TLS.
struct TlsFiles {
    std::string certificate{};
    std::string key{};
};

// An apply at many millions of customers takes its time.
inline constexpr std::chrono::minutes longest_answer{10};

// Times are counted from the last progress to the next state, and kept to about a quarter of the
// shortest of them.
struct HttpServerSettings {
    std::string address = "127.0.0.1";  // a number; "::" listens on all of IPv6
    std::uint16_t port = 0;             // 0 takes a free one
    std::size_t body_limit = std::size_t{5} * 1024 * 1024;
    std::size_t header_limit = std::size_t{16} * 1024;
    std::size_t connections_limit = 10'000;
    std::chrono::milliseconds idle_timeout{60'000};   // between requests; then closed without a word
    std::chrono::milliseconds header_timeout{5'000};  // from the first byte to the end of the header
    std::chrono::milliseconds body_timeout{30'000};
    std::chrono::milliseconds answer_timeout = longest_answer;  // for the handler
    std::chrono::milliseconds write_timeout{30'000};
    TlsFiles tls{};  // the handshake has the time of a header
};

// As a server finds out when it starts: invalid, naming the file.
Result<void> check_tls_files(const TlsFiles& files);

// All functions may be called by any thread but the server's own (so not by the handler).
class HttpServer {
  public:
    // Listens and serves. The handler is called on the network thread, so it must not wait for anything.
    // ErrorCode::conflict where another program has the port, invalid where the address is none or the TLS files
    // cannot be used.
    static Result<std::unique_ptr<HttpServer>> start(const HttpServerSettings& settings, Handler handler);

    ~HttpServer();  // stop(0ms)
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    std::uint16_t port() const;

    // Reads the TLS files again, for connections from now on. What cannot be used is an error and changes nothing.
    Result<void> reload_tls();

    // New connections are refused by the system; those that stand go on.
    void stop_accepting();

    // Idle connections are closed, requests that are on their way are answered until the deadline, then
    // the rest is cut off. Returns when nothing is left; the handler is not called any more.
    void stop(std::chrono::milliseconds deadline);

  private:
    class Core;
    explicit HttpServer(std::unique_ptr<Core> core);

    std::unique_ptr<Core> core_;
};

}  // namespace segmentd::daemon
