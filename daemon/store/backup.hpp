// Copies of a store, taken while it is written to, and the way back.
//
// A backup is a folder (0700) of files (0600): the database as of one instant, every other file of the
// store's folder except its lock, and backup.json, the manifest, which says what a reading of the copy gave
// and names every other file with its SHA-256. The manifest is written last. The functions wait for the
// disk; what they leave behind after an Error is for the caller to remove.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace segmentd::daemon {

inline constexpr const char* manifest_name = "backup.json";

struct BackupFile {
    std::string name;  // from the folder, with "/" between the parts
    std::uint64_t bytes = 0;
    std::string sha256;
};

// The three figures are those of `replay --verify`.
struct BackupManifest {
    std::string version;  // of the program that took it
    std::uint64_t records = 0;
    std::string tree_head;
    std::string state_sha256;
    std::vector<BackupFile> files;
};

// Copies a store into a folder that is there and empty. Signed tree heads are copied before the database, so
// that the copy never holds a head of records that it lacks. A writer of the store is not disturbed.
Result<void> copy_store(const std::filesystem::path& store, const std::filesystem::path& folder);

// Every file of the folder and those below it, by name, hashed; not the manifest.
Result<std::vector<BackupFile>> list_backup_files(const std::filesystem::path& folder);

Result<void> write_manifest(const std::filesystem::path& folder, const BackupManifest& manifest);

// not_found where there is none; corrupt where it cannot be read or names a file outside the folder.
Result<BackupManifest> read_manifest(const std::filesystem::path& folder);

// Copies the files of the manifest into a folder that is there and empty. A file that is missing or not what
// the manifest says is Error{corrupt} naming it.
Result<void> copy_backup(const std::filesystem::path& backup, const BackupManifest& manifest,
                         const std::filesystem::path& folder);

}  // namespace segmentd::daemon
