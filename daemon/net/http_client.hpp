// The HTTP/1.1 client for webhooks and for the command line: many calls under way on one thread.
//
// https is verified against the system's authorities and the host's name (TLS 1.2 or later). Redirects
// are not followed: a 3xx is an outcome like any other. Connections are kept for the next call to the
// same host and port; where such a connection turns out to be dead before any byte of a response, the
// call is made once more on a new one, so a receiver may see it twice.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "daemon/net/address_rules.hpp"
#include "daemon/net/http_message.hpp"

namespace segmentd::daemon {

struct HttpClientSettings {
    std::size_t body_limit = std::size_t{64} * 1024;  // of a response; what comes beyond is cut off
    std::size_t header_limit = std::size_t{16} * 1024;
    std::size_t idle_limit = 8;  // connections kept for later, of all hosts together
    std::chrono::milliseconds idle_timeout{30'000};
    std::size_t calls_limit = 1'000;  // under way at a time
    std::string authorities_file{};   // PEM; where empty, the system's authorities
    // Addresses of names that are not looked up, at least one each.
    std::map<std::string, std::vector<std::string>> hosts{};
};

struct HttpCall {
    std::string url;
    std::string method = "POST";
    HttpHeaders headers{};  // besides Host, User-Agent and Content-Length
    std::string body{};
    std::chrono::milliseconds timeout{15'000};  // for everything, from the name's look-up to the last byte
    // Where set: the name is looked up once, every address found must be allowed, and exactly these are
    // connected to, under the name for Host and TLS.
    std::shared_ptr<const AddressRules> addresses{};
    // The call ends once the connection stands, over TLS for https: nothing is sent, and the status is 0.
    bool only_connects = false;
};

// Why no response came.
enum class CallFault {
    none,
    wrong_call,       // the URL or the method
    look_up,          // the host's name leads nowhere
    address_refused,  // it leads where nothing may be called
    connect,
    tls,
    timeout,
    broken_answer,  // the connection ended early, or what came is no HTTP
    stopped,        // the client is stopped or has too many calls under way
};

// A response of any status, or none with the reason. Errors hold neither the URL's path nor its query.
struct HttpOutcome {
    int status = 0;  // 0: no response came, or none was asked for
    std::string body{};
    HttpHeaders headers{};
    std::string error{};                                // empty where a response came
    CallFault fault = CallFault::none;                  // none where a response came
    std::optional<std::chrono::seconds> retry_after{};  // from now; not negative
    bool is_body_cut = false;
};

// Takes a Retry-After header, seconds or a date (RFC 9110, section 10.2.3); nothing where it is neither.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view text, std::chrono::sys_seconds now);

class HttpClient {
  public:
    using Callback = std::function<void(HttpOutcome)>;

    explicit HttpClient(const HttpClientSettings& settings);
    ~HttpClient();  // stop()
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    // Any thread. The callback is called exactly once, usually on the client's thread, where it must not
    // wait or throw; where the limit of calls is reached or the client is stopped, at once on the caller's.
    void send(HttpCall call, Callback callback);

    // Waits for the outcome; a fault is ErrorCode::unavailable. Not to be called from a callback.
    Result<HttpOutcome> fetch(const HttpCall& call);

    // Calls under way end with an error. Returns when all callbacks have returned; the look-up of a host's
    // name cannot be broken off and is waited for. Not to be called from a callback.
    void stop();

  private:
    class Core;
    std::unique_ptr<Core> core_;
};

}  // namespace segmentd::daemon
