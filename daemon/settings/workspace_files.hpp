// Reads a workspace, a folder of YAML files, into memory.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace segmentd::daemon {

struct WorkspaceLimits {
    std::size_t files = 1'000;
    std::size_t bytes = std::size_t{16} * 1024 * 1024;  // of all files together
    std::size_t entries = 100'000;                      // looked at, of any kind
};

struct WorkspaceFolder {
    std::map<std::string, std::string> files;
    std::vector<std::string> passed_over;  // visible files that are neither YAML nor *.md
};

// As read_workspace_files, and what else lies there.
Result<WorkspaceFolder> read_workspace_folder(const std::filesystem::path& folder, const WorkspaceLimits& limits);

// Every *.yaml and *.yml below the folder, by its path from there with "/" between the parts, and the tables
// of the time zones that they need (time_zones.hpp). Hidden
// files and folders (a name with a dot in front) and node_modules are passed over.
//
// A link to a file inside the folder is read like that file. Refused: links that leave the folder, links
// to folders, what is neither file nor folder but is named like YAML, and endings in capitals (*.YAML), which
// would be overlooked. not_found where there is no
// such folder, limit where there is too much, io with the system's reason. A folder without YAML gives none.
Result<std::map<std::string, std::string>> read_workspace_files(const std::filesystem::path& folder);

Result<std::map<std::string, std::string>> read_workspace_files(const std::filesystem::path& folder,
                                                                const WorkspaceLimits& limits);

// Whether a file read so can have this name.
bool is_name_in_workspace(std::string_view name);

}  // namespace segmentd::daemon
