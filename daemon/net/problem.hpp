// Problem details for HTTP (RFC 9457): what went wrong, for machines and people.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "daemon/net/http_message.hpp"

namespace segmentd::daemon {

struct Problem {
    int status = 400;
    std::string detail{};              // what went wrong this time; left out where empty
    std::string title{};               // where empty, the usual words for the status
    std::string type = "about:blank";  // or a urn that names the kind of problem
    // Further members, after these, with their values as JSON; names are words, none of the above.
    std::vector<std::pair<std::string, std::string>> members{};
};

HttpResponse problem_response(const Problem& problem);

// The status follows from the code: invalid 400, not_found 404, conflict 409, limit 429, unavailable
// 503, unsupported 501, corrupt and io 500. The hint follows the message; the rule and the place in a
// file are members of their own.
HttpResponse problem_response(const Error& error);

}  // namespace segmentd::daemon
