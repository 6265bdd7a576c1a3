// Test helper: a folder on disk as the loader takes it, and texts that are compared with files.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "rules/load/load.hpp"

namespace segmentd::tests {

inline std::filesystem::path source_folder() {
    return SEGMENTD_SOURCE_DIR;
}

inline std::string read_text(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline rules::WorkspaceFiles read_workspace(const std::filesystem::path& folder) {
    rules::WorkspaceFiles files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        files[std::filesystem::relative(entry.path(), folder).generic_string()] = read_text(entry.path());
    }
    return files;
}

// The files of a folder (not below it) with that ending, by name.
inline std::vector<std::filesystem::path> files_ending(const std::filesystem::path& folder, const std::string& ending) {
    std::vector<std::filesystem::path> found;
    if (!std::filesystem::exists(folder)) return found;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().filename().string().ends_with(ending)) found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    return found;
}

// The approved text; with SEGMENTD_UPDATE_GOLDEN=1 the actual one becomes approved first.
inline std::string approved_text(const std::filesystem::path& path, const std::string& actual) {
    const char* update = std::getenv("SEGMENTD_UPDATE_GOLDEN");
    if (update != nullptr && std::string(update) == "1") {
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << actual;
    }
    return read_text(path);
}

}  // namespace segmentd::tests
