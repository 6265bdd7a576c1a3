// Can a server be reached, is a port free? Asked once, for a person; waits, and sends nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace segmentd::daemon {

// Looks the name up and opens a connection, which is closed at once; the address that answered. not_found
// where the name does not resolve, unavailable where no address of it takes the connection in time. The
// look-up of a name keeps its own time.
Result<std::string> try_connection(const std::string& host, std::uint16_t port, std::chrono::milliseconds timeout);

// Could a server listen there now? conflict where another one does, invalid where the address (a number) is
// none of this machine.
Result<void> try_listening(const std::string& address, std::uint16_t port);

}  // namespace segmentd::daemon
