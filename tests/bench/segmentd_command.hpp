// How the benchmarks start segmentd: everything it needs and makes lies in one folder.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/bench/server_process.hpp"

namespace segmentd::bench {

// The daemon beside the benchmark's own program, on FOLDER/workspace and FOLDER/data, on a free port of 127.0.0.1.
// Settings are written as key=value.
ServerCommand segmentd_command(const std::filesystem::path& folder, const std::vector<std::string>& settings);

// The token that the daemon left in FOLDER/data.
std::string access_token(const std::filesystem::path& folder);

}  // namespace segmentd::bench
