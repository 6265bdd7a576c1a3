// Is a port free? Asked once, for a person.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace segmentd::daemon {

// Could a server listen there now? conflict where another one does, invalid where the address (a number) is
// none of this machine.
Result<void> try_listening(const std::string& address, std::uint16_t port);

}  // namespace segmentd::daemon
