// What the fuzzers feed, and the unit test that replays their corpus. Each takes any bytes and must come back: no
// crash, no sanitizer report, no endless work.
#pragma once

#include <string_view>

namespace segmentd::tests {

// Bytes as an expression: parsed, checked strictly and loosely, and evaluated on a row of every kind of value. Ends
// the program where an evaluation takes more steps than were foreseen.
void try_expression(std::string_view text);

// Bytes as one file of a workspace: loaded beside a workspace.yaml, and compiled where it is accepted.
void try_workspace_file(std::string_view text);

}  // namespace segmentd::tests
