// The peer of everything that is synced: SQLite with one integer key and one blob, nothing else. WAL and
// synchronous = FULL, as the store has them, so that a commit returns after its sync.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstddef>
#include <filesystem>
#include <string>

namespace segmentd::bench {

class PlainInserts {
  public:
    PlainInserts(const std::filesystem::path& file, std::size_t payload_bytes);

    // One transaction of so many rows.
    void commit(std::size_t rows);

  private:
    SQLite::Database database_;
    SQLite::Statement insert_;
    std::string payload_;
};

}  // namespace segmentd::bench
