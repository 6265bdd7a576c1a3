// How many records were committed, kept in a file of its own beside the database.
//
// The last commits lie in the database's log. Where bytes of it are damaged, SQLite takes what follows for a write that
// was cut off and drops it without a word; only a number that was written elsewhere tells.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "base/result.hpp"
#include "daemon/store/files.hpp"

namespace segmentd::daemon {

class CommitWitness {
  public:
    explicit CommitWitness(std::filesystem::path file) : path_(std::move(file)) {}

    // 0 where nothing was noted yet. May be asked while another process notes; what is read is at most what a
    // reading of the database that begins later finds. Error{corrupt} where the file says something else.
    Result<std::uint64_t> records() const;

    // Call after the commit. It does not wait for the disk: the number outlives the process, and after a loss of power
    // it may be an older one, which never accuses. For the same reason a failed write is let pass.
    void note(std::uint64_t records);

  private:
    std::filesystem::path path_;
    std::optional<FileHandle> file_;  // from the first note on
};

}  // namespace segmentd::daemon
