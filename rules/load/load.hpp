// From a folder of YAML to definitions, or to everything that is wrong with it.
//
// A file may hold several definitions, parted by `---`; the first key of each says its kind. Files
// that do not end in .yaml or .yml are left out, but count for the version. A workspace loads
// whole or not at all. Expressions are not compiled here; each keeps the place of its first
// character for those who do.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "rules/definitions/definitions.hpp"

namespace segmentd::rules {

// Path below the workspace's folder -> bytes.
using WorkspaceFiles = std::map<std::string, std::string>;

// Errors come by file, line and column, at most 100. Every name that a definition uses exists in
// what is returned; lists are sorted by name, except those whose order the file gives (people,
// purposes, properties, scores, arms, touches).
tl::expected<Definitions, std::vector<Error>> load_workspace(const WorkspaceFiles& files);

// The same of definitions that were taken once and stand in a journal: refusals that came later (load/agreement.hpp,
// secrets) do not undo what was decided by them.
tl::expected<Definitions, std::vector<Error>> load_recorded_workspace(const WorkspaceFiles& files);

// The file of a workspace that holds the tables of its time zones (segmentd::parse_zones). It is not
// written by people: whoever reads the folder adds it.
inline constexpr const char* zones_file = "time_zones.txt";

struct ZonesNeeded {
    std::string workspace = "UTC";
    bool customers = false;  // any zone that a profile may name
};

// What the workspace's definition says of zones, also where it has mistakes; UTC where it says nothing.
ZonesNeeded zones_needed(const WorkspaceFiles& files);

}  // namespace segmentd::rules
