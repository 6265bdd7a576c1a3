// Requests and responses of HTTP as plain records, without any network.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmentd::daemon {

// In the order of the message; a name may stand several times.
using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// The first value of a name, whatever its case; empty where the name is absent. Lives as long as the headers.
std::string_view find_header(const HttpHeaders& headers, std::string_view name);

struct HttpRequest {
    std::string method;    // as sent: "POST"
    std::string target;    // as sent: "/v1/users/a%20b?limit=5"
    std::string path;      // percent-decoded: "/v1/users/a b"; a %2F is a slash here
    std::string raw_path;  // as sent: "/v1/users/a%20b"
    std::string query;     // as sent, without its question mark: "limit=5"
    HttpHeaders headers;
    std::string body;            // whole, with chunks joined and gzip or deflate taken off
    std::string remote_address;  // of the peer, without port

    std::string_view header(std::string_view name) const { return find_header(headers, name); }
};

// Date, Content-Length and Connection are the server's, and so is leaving out the body where none may be.
struct HttpResponse {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    HttpHeaders headers;
};

// Answers one request: called once, by any thread, at once or later. Further calls and calls after the
// connection is gone do nothing.
using Respond = std::function<void(HttpResponse)>;
using Handler = std::function<void(HttpRequest, Respond)>;

// The usual words for a status: "Not Found"; empty where it has none.
std::string_view reason_phrase(int status);

// Adds "Name: value" and a line end. Control characters, which could begin another header, become spaces.
void append_header(std::string& head, std::string_view name, std::string_view value);

bool equals_ignoring_case(std::string_view left, std::string_view right);

}  // namespace segmentd::daemon
