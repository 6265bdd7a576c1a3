// Reports that a running daemon and a store give alike.
#pragma once

#include <boost/json/fwd.hpp>
#include <functional>
#include <string>

#include "daemon/commands/commands.hpp"
#include "daemon/commands/offline.hpp"

namespace segmentd::daemon {

using MakeReport = std::function<Result<boost::json::value>(Offline&)>;

// What the daemon at --url answers under the path.
Result<boost::json::value> ask_daemon(const CommandOptions& options, const std::string& path);

int show(const CommandOptions& options, const Result<boost::json::value>& value);

// Prints what the daemon at --url answers under the path, or else what `make` finds in the store, opened for reading.
int show(const CommandOptions& options, const std::string& path, const MakeReport& make);

struct PastQuestion {
    std::string path;  // of the daemon's answer
    std::string at;    // empty: at present
};

// The same of what was served at that instant (Offline::open_at).
int show_at(const CommandOptions& options, const PastQuestion& question, const MakeReport& make);

// "/api/v1/" and the parts, each percent-encoded: {"endpoints", "crm"} gives "/api/v1/endpoints/crm".
std::string api_path(const std::vector<std::string>& parts);

// "?name=value", percent-encoded; empty for an empty value.
std::string api_query(const std::string& name, const std::string& value);

}  // namespace segmentd::daemon
