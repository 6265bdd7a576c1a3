// Addresses of the web: http and https only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace segmentd::daemon {

struct Url {
    bool is_secure = false;    // https
    std::string host;          // lower case; an IPv6 address without its brackets
    std::uint16_t port = 80;   // 443 for https where the text names none
    std::string target = "/";  // path and query as written; never empty
    std::string authority;     // for the Host header: the host, with its port where it is not the usual one
};

// Refuses other schemes, user names and passwords, an empty host and port 0. A fragment is dropped.
Result<Url> parse_url(std::string_view text);

}  // namespace segmentd::daemon
