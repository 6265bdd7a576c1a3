// A packet's folder as it is read back: what its manifest says, and its tables. Nothing in it is believed.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/records.hpp"
#include "base/result.hpp"
#include "base/sha256.hpp"
#include "daemon/audit/csv.hpp"
#include "daemon/audit/quarter.hpp"

namespace segmentd::daemon {

struct ListedFile {
    std::string name;
    std::string sha256;
    std::uint64_t bytes = 0;
    std::uint64_t rows = 0;
};

struct Manifest {
    Quarter quarter;
    std::string store;
    std::string public_key;
    std::uint64_t records = 0;
    std::uint64_t records_in_quarter = 0;
    std::uint64_t tree_size = 0;
    std::string tree_root;
    std::vector<ListedFile> files;
};

// invalid where a member is missing or malformed, unsupported for a format that this program does not know.
Result<Manifest> parse_manifest(const std::string& text);

// Every row must have as many cells as there are columns.
Result<Table> read_paper(const std::filesystem::path& path);

// Rows as maps from column to cell.
std::vector<std::map<std::string, std::string>> rows_of(const Table& table);

// invalid unless the bytes are headers with the sequences 1, 2, 3 ... of known types, engine times that never
// decrease.
Result<std::vector<RecordHeader>> parse_headers(const std::string& bytes);

}  // namespace segmentd::daemon
