// Instants of the past as people name them.
#pragma once

#include <string_view>

#include "base/zone.hpp"

namespace segmentd::daemon {

// A date means the end of that day, anything else the instant itself.
Result<Timestamp> parse_as_of(std::string_view text, const Zone& calendar);

}  // namespace segmentd::daemon
