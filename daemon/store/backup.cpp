#include "daemon/store/backup.hpp"

#include <SQLiteCpp/Backup.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "base/sha256.hpp"
#include "daemon/store/database.hpp"
#include "daemon/store/files.hpp"

namespace segmentd::daemon {
namespace {

namespace files = std::filesystem;

constexpr std::size_t piece_size = std::size_t{1} << 20;
constexpr int most_attempts = 100;  // to begin while another process recovers the database
constexpr auto pause = std::chrono::milliseconds(50);

Result<std::vector<std::string>> names_in(const files::path& folder);
bool is_copied_as_it_is(const std::string& name);
Result<void> copy_database(const files::path& from, const files::path& to);
Result<BackupFile> copy_file(const files::path& from, const files::path& to, const std::string& name);
Result<BackupFile> hash_file(const files::path& folder, const std::string& name);
template <typename Take>
Result<void> read_pieces(const files::path& path, Take take);

}  // namespace

Result<void> copy_store(const files::path& store, const files::path& folder) {
    TRY(names, names_in(store));
    for (const auto& name : names) {
        if (!is_copied_as_it_is(name)) continue;
        if (auto copied = copy_file(store, folder, name); !copied) return fail(copied.error());
    }
    return copy_database(store / "segmentd.db", folder / "segmentd.db");
}

Result<std::vector<BackupFile>> list_backup_files(const files::path& folder) {
    TRY(names, names_in(folder));
    std::vector<BackupFile> found;
    for (const auto& name : names) {
        if (name == manifest_name) continue;
        TRY(file, hash_file(folder, name));
        found.push_back(file);
    }
    return found;
}

Result<void> copy_backup(const files::path& backup, const BackupManifest& manifest, const files::path& folder) {
    for (const auto& file : manifest.files) {
        auto copied = copy_file(backup, folder, file.name);
        const bool is_missing = !copied && copied.error().code == ErrorCode::not_found;
        if (!copied && !is_missing) return fail(copied.error());
        if (!is_missing && copied->bytes == file.bytes && copied->sha256 == file.sha256) continue;
        return fail(ErrorCode::corrupt,
                    fmt::format("the backup is damaged: {} {}", (backup / file.name).string(),
                                is_missing ? "is missing" : "is not the file that was backed up"),
                    "take another backup");
    }
    return {};
}

namespace {

// Regular files below the folder, by name; links are not followed.
Result<std::vector<std::string>> names_in(const files::path& folder) {
    std::vector<std::string> names;
    std::error_code error;
    files::recursive_directory_iterator entry(folder, error);
    for (; !error && entry != files::recursive_directory_iterator(); entry.increment(error)) {
        if (entry->is_regular_file(error)) names.push_back(entry->path().lexically_relative(folder).generic_string());
    }
    if (error) {
        const bool is_missing = error == std::errc::no_such_file_or_directory;
        return fail(is_missing ? ErrorCode::not_found : ErrorCode::io,
                    fmt::format("cannot read {}: {}", folder.string(), error.message()));
    }
    std::ranges::sort(names);
    return names;
}

bool is_copied_as_it_is(const std::string& name) {
    return name != "lock" && name != manifest_name && !name.starts_with("segmentd.db") && !name.ends_with(".new");
}

// In one step: a single snapshot, whatever is written meanwhile. The copy is one file without a log beside it.
Result<void> copy_database(const files::path& from, const files::path& to) {
    TRY(opened, open_database(from, false));
    {
        TRY(made, FileHandle::open(to, O_WRONLY | O_CREAT | O_EXCL, 0600));
        static_cast<void>(made);
    }
    return guarded("copy " + from.string(), [&]() -> Result<void> {
        SQLite::Database copy(to.string(), SQLite::OPEN_READWRITE);
        {
            SQLite::Backup backup(copy, *opened.database);
            int state = backup.executeStep();
            for (int i = 0; state != SQLITE_DONE && i < most_attempts; ++i) {
                std::this_thread::sleep_for(pause);
                state = backup.executeStep();
            }
            if (state != SQLITE_DONE) return fail(ErrorCode::unavailable, from.string() + " is locked", "try again");
        }
        copy.exec("PRAGMA journal_mode = DELETE");
        return {};
    });
}

Result<BackupFile> copy_file(const files::path& from, const files::path& to, const std::string& name) {
    std::error_code error;
    const auto target = to / name;
    if (files::create_directories(target.parent_path(), error)) {
        files::permissions(target.parent_path(), files::perms::owner_all, error);
    }
    TRY(copy, FileHandle::open(target, O_WRONLY | O_CREAT | O_EXCL, 0600));
    Sha256Stream hash;
    BackupFile file{.name = name, .bytes = 0, .sha256 = {}};
    const auto read = read_pieces(from / name, [&](std::string_view piece) -> Result<void> {
        hash.add(piece);
        file.bytes += piece.size();
        while (!piece.empty()) {
            const auto written = ::write(copy.number(), piece.data(), piece.size());
            if (written < 0) return fail(system_error("write", target));
            piece.remove_prefix(static_cast<std::size_t>(written));
        }
        return {};
    });
    if (!read) return fail(read.error());
    if (::fsync(copy.number()) != 0) return fail(system_error("sync", target));
    file.sha256 = to_hex(hash.finish());
    return file;
}

Result<BackupFile> hash_file(const files::path& folder, const std::string& name) {
    Sha256Stream hash;
    BackupFile file{.name = name, .bytes = 0, .sha256 = {}};
    const auto read = read_pieces(folder / name, [&](std::string_view piece) -> Result<void> {
        hash.add(piece);
        file.bytes += piece.size();
        return {};
    });
    if (!read) return fail(read.error());
    file.sha256 = to_hex(hash.finish());
    return file;
}

template <typename Take>
Result<void> read_pieces(const files::path& path, Take take) {
    TRY(file, FileHandle::open(path, O_RDONLY | O_NOFOLLOW, 0));
    std::string piece(piece_size, '\0');
    while (true) {
        const auto size = ::read(file.number(), piece.data(), piece.size());
        if (size < 0) return fail(system_error("read", path));
        if (size == 0) return {};
        if (auto taken = take(std::string_view(piece).substr(0, static_cast<std::size_t>(size))); !taken) return taken;
    }
}

}  // namespace
}  // namespace segmentd::daemon
