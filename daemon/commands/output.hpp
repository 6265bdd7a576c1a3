// How commands speak: one JSON value for machines, a table or an outline for people; errors on
// standard error, one a line; and the exit codes of every command.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace segmentd::daemon {

enum ExitCode : int {
    exit_done = 0,
    exit_wrong_input = 1,
    exit_usage = 2,
    exit_unreachable = 3,
    exit_store_in_use = 4,
};

// JSON on one line where asked for; otherwise an array of objects becomes a table of its scalar
// members and an object becomes "name: value" lines.
void print(const boost::json::value& value, bool as_json);

// The text as a terminal may have it: control characters and bytes that are no UTF-8 become \\x1b and the like.
std::string visible_text(std::string_view text);

// Prints the error and gives the exit code it means.
int report(const Error& error);
int report(const std::vector<Error>& errors);

}  // namespace segmentd::daemon
