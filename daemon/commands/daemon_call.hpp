// Asks a running daemon on behalf of a command.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "base/result.hpp"
#include "daemon/commands/commands.hpp"

namespace segmentd::daemon {

// Sends one request to options.url and reads the JSON of the answer. The token is options.token, else the admin
// token in the folder options.data. No daemon there is Error{unavailable}; a problem becomes its detail.
Result<boost::json::value> call_daemon(const CommandOptions& options, const std::string& method,
                                       const std::string& path, const std::string& body);

}  // namespace segmentd::daemon
