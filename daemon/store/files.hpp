// Small files that must survive a crash: written whole, synced, and found again by their folder.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace segmentd::daemon {

// An open file descriptor, closed at the end of its life. Not inherited by child processes.
class FileHandle {
  public:
    static Result<FileHandle> open(const std::filesystem::path& path, int flags, mode_t permissions);

    FileHandle(FileHandle&& other) noexcept;
    FileHandle& operator=(FileHandle&& other) noexcept;
    ~FileHandle();

    int number() const { return descriptor_; }

  private:
    explicit FileHandle(int descriptor) : descriptor_(descriptor) {}
    int descriptor_ = -1;
};

// Error{io} with the system's reason for the last failed call.
Error system_error(std::string_view what, const std::filesystem::path& path);

// True where the disk had no room: nothing was done, and the same can succeed later. Every other Error{io}
// may have left anything behind. Holds for the errors of files and of the database.
bool is_disk_full(const Error& error);

// Makes the error one for want of room.
void mark_disk_full(Error& error);

// not_found where there is no such file.
Result<std::string> read_file(const std::filesystem::path& path);

// The file appears whole or not at all, readable by its owner only, and is on the disk on return.
Result<void> write_secret_file(const std::filesystem::path& path, std::string_view bytes);

// Puts the names of a folder's files on the disk.
Result<void> sync_folder(const std::filesystem::path& folder);

// invalid where the target is the store's folder or lies below it: what is put there would become part of the store.
Result<void> check_is_outside(const std::filesystem::path& store, const std::filesystem::path& target);

// Adds a line (without its end) and syncs. A last line that a crash left unfinished is cut off first.
Result<void> append_line(const std::filesystem::path& path, std::string_view line);

}  // namespace segmentd::daemon
