// A question to a running daemon, for every command that takes --url.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "daemon/commands/commands.hpp"
#include "daemon/net/http_client.hpp"

namespace segmentd::daemon {

// Sends the call to options.url + path with the bearer token: that of --token, or else the admin token of --data
// where both folders and daemon are named. Gives the JSON of a 2xx. unavailable where the daemon is out of reach or
// cannot answer now (5xx); otherwise invalid, with the detail of its problem.
Result<boost::json::value> call_daemon(const CommandOptions& options, const std::string& path, HttpCall call);

// The same, as the daemon wrote it: reading a number may change its last digit.
Result<std::string> text_from_daemon(const CommandOptions& options, const std::string& path, HttpCall call);

}  // namespace segmentd::daemon
