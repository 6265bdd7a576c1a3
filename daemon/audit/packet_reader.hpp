// The tables and headers of a packet's folder as they are read back. Nothing in them is believed.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/records.hpp"
#include "base/result.hpp"
#include "daemon/audit/csv.hpp"

namespace segmentd::daemon {

// Every row must have as many cells as there are columns.
Result<Table> read_paper(const std::filesystem::path& path);

// Rows as maps from column to cell.
std::vector<std::map<std::string, std::string>> rows_of(const Table& table);

// invalid unless the bytes are headers with the sequences 1, 2, 3 ... of known types, engine times that never
// decrease.
Result<std::vector<RecordHeader>> parse_headers(const std::string& bytes);

}  // namespace segmentd::daemon
