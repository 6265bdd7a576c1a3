// The tables of time zones that a workspace needs, from the system's tzdata.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/zone.hpp"

namespace segmentd::daemon {

// Adds rules::zones_file to the files where the workspace reads another zone than UTC: the workspace's
// zone alone, or every zone where customers have their own (about 200 kB). So the tables are part of
// the definitions and of the journal, and a later tzdata moves no border of the past. A zone that the
// system does not know is left to the loader, which refuses it by name.
//
// Clock changes from 1970 to 2037, as tzdata is stored on the system; from then on the last offset holds.
// unavailable where the system has no tzdata. Any thread.
Result<void> add_time_zones(std::map<std::string, std::string>& files);

// A zone as this system's tzdata has it; nothing where it does not know the name. Any thread.
std::optional<Zone> system_zone(const std::string& name);

}  // namespace segmentd::daemon
