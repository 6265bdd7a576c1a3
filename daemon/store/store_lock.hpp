// One writer for a store: whoever holds the lock on its file `lock`. The system drops the lock with
// the process, so that a crash leaves none behind; the file itself stays and only informs.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "daemon/store/files.hpp"

namespace segmentd::daemon {

class StoreLock {
  public:
    // Does not wait: a lock held elsewhere is Error{conflict}, naming the holder's process and URL.
    static Result<StoreLock> take(const std::filesystem::path& directory);

    // Where the writer that runs at this moment answers, as it announced; empty where there is none, or it serves
    // nobody.
    static std::vector<std::string> urls_of_holder(const std::filesystem::path& directory);

    // Writes where the holder answers: URLs, one a line. Those who find the lock held are told the first.
    Result<void> announce(std::string_view urls);

  private:
    StoreLock(FileHandle file, std::filesystem::path path) : file_(std::move(file)), path_(std::move(path)) {}

    FileHandle file_;
    std::filesystem::path path_;
};

}  // namespace segmentd::daemon
