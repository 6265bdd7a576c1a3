// segmentctl backup and restore.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "daemon/commands/commands.hpp"
#include "daemon/commands/fold_store.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/settings/workspace_files.hpp"
#include "daemon/store/backup.hpp"
#include "daemon/store/files.hpp"

namespace segmentd::daemon {
namespace {

namespace files = std::filesystem;
namespace json = boost::json;

// A folder that is filled under another name and gets its own in one step; gone again where that never comes.
class UnfinishedFolder {
  public:
    static Result<UnfinishedFolder> make(const std::string& target);
    UnfinishedFolder(UnfinishedFolder&& other) noexcept
        : target_(std::move(other.target_)), path_(std::move(other.path_)) {
        other.path_.clear();
    }
    UnfinishedFolder& operator=(UnfinishedFolder&&) = delete;
    ~UnfinishedFolder();

    const files::path& path() const { return path_; }
    Result<void> finish();

  private:
    UnfinishedFolder(files::path target, files::path path) : target_(std::move(target)), path_(std::move(path)) {}
    files::path target_;
    files::path path_;
};

Result<BackupManifest> take_backup(const CommandOptions& options, const files::path& folder);
Result<BackupManifest> bring_back(const files::path& backup, const CommandOptions& options, const files::path& folder);
Result<void> check_workspace(const std::string& folder, const FoldedStore& folded);
Result<FoldedStore> read_copy(const files::path& folder, Store::Mode mode);
Result<void> check_same(const BackupManifest& manifest, const FoldedStore& folded);

template <typename Fill>
int fill_folder(const std::string& target, bool as_json, Fill fill) {
    const auto begun = std::chrono::steady_clock::now();
    auto folder = UnfinishedFolder::make(target);
    if (!folder) return report(folder.error());
    const Result<BackupManifest> manifest = fill(folder->path());
    if (!manifest) return report(manifest.error());
    if (auto finished = folder->finish(); !finished) return report(finished.error());
    std::uint64_t bytes = 0;
    for (const auto& file : manifest->files) bytes += file.bytes;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    print(json::object{{"records", manifest->records},
                       {"tree_head", manifest->tree_head},
                       {"state_sha256", manifest->state_sha256},
                       {"bytes", bytes},
                       {"seconds", took.count()}},
          as_json);
    return exit_done;
}

}  // namespace

int backup_command(const CommandOptions& options, const std::string& to) {
    if (auto outside = check_is_outside(options.data, to); !outside) return report(outside.error());
    return fill_folder(to, options.as_json, [&](const files::path& folder) { return take_backup(options, folder); });
}

int restore_command(const CommandOptions& options, const std::string& from) {
    return fill_folder(options.data, options.as_json,
                       [&](const files::path& folder) { return bring_back(from, options, folder); });
}

namespace {

Result<UnfinishedFolder> UnfinishedFolder::make(const std::string& target) {
    std::error_code error;
    const auto path = (files::absolute(target) / "").parent_path();
    const files::path unfinished = path.string() + ".partial";
    if (files::exists(path, error) && !files::is_empty(path, error)) {
        return fail(ErrorCode::conflict, fmt::format("{} is not empty", path.string()), "name a folder of its own");
    }
    files::create_directories(path.parent_path(), error);
    const bool is_made = !error && files::create_directory(unfinished, error);
    if (error) return fail(ErrorCode::io, fmt::format("cannot create {}: {}", unfinished.string(), error.message()));
    if (!is_made) {
        return fail(ErrorCode::conflict, fmt::format("{} is there already", unfinished.string()),
                    "it is being written, or was left by one that was killed: then remove it");
    }
    UnfinishedFolder folder(path, unfinished);
    files::permissions(unfinished, files::perms::owner_all, error);
    if (error) return fail(ErrorCode::io, fmt::format("cannot protect {}: {}", unfinished.string(), error.message()));
    return folder;
}

UnfinishedFolder::~UnfinishedFolder() {
    std::error_code ignored;
    if (!path_.empty()) files::remove_all(path_, ignored);
}

Result<void> UnfinishedFolder::finish() {
    if (auto synced = sync_folder(path_); !synced) return synced;
    std::error_code error;
    files::rename(path_, target_, error);
    if (error) return fail(ErrorCode::io, fmt::format("cannot create {}: {}", target_.string(), error.message()));
    path_.clear();
    return sync_folder(target_.parent_path());
}

Result<BackupManifest> take_backup(const CommandOptions& options, const files::path& folder) {
    if (auto copied = copy_store(options.data, folder); !copied) return fail(copied.error());
    TRY(folded, read_copy(folder, Store::Mode::reader));
    if (auto same = check_workspace(options.workspace, folded); !same) return fail(same.error());
    BackupManifest manifest{.version = SEGMENTD_VERSION,
                            .records = folded.records,
                            .tree_head = folded.tree_head,
                            .state_sha256 = folded.state_sha256,
                            .files = {}};
    TRY(listed, list_backup_files(folder));
    manifest.files = listed;
    if (auto written = write_manifest(folder, manifest); !written) return fail(written.error());
    return manifest;
}

// As a writer, so that the store of an older version is upgraded.
Result<BackupManifest> bring_back(const files::path& backup, const CommandOptions& options, const files::path& folder) {
    TRY(manifest, read_manifest(backup));
    if (auto copied = copy_backup(backup, manifest, folder); !copied) return fail(copied.error());
    TRY(folded, read_copy(folder, Store::Mode::writer));
    if (auto same = check_same(manifest, folded); !same) return fail(same.error());
    if (auto same = check_workspace(options.workspace, folded); !same) return fail(same.error());
    manifest.state_sha256 = folded.state_sha256;
    std::error_code ignored;
    files::remove(folder / "lock", ignored);
    return manifest;
}

Result<FoldedStore> read_copy(const files::path& folder, Store::Mode mode) {
    TRY(store, Store::open(folder, mode));
    return fold_store(store, false);
}

// A slip must not pass unnoticed; a folder that does not load must not stand in the way of a backup.
Result<void> check_workspace(const std::string& folder, const FoldedStore& folded) {
    if (folder.empty() || folded.workspace.empty()) return {};
    const auto read = read_workspace_files(folder);
    if (!read) return fail(read.error());
    const auto book = compile_workspace(*read);
    if (book) return check_same_workspace(folded.workspace, (*book)->definitions.workspace.name);
    fmt::print(stderr, "warning: {}\n", to_text(book.error().front()));
    return {};
}

// Another version may fold the same records to another state; that is said and is no damage.
Result<void> check_same(const BackupManifest& manifest, const FoldedStore& folded) {
    const bool is_same_journal = manifest.records == folded.records && manifest.tree_head == folded.tree_head;
    const bool is_same_state = manifest.state_sha256 == folded.state_sha256;
    if (is_same_journal && is_same_state) return {};
    if (is_same_journal && manifest.version != SEGMENTD_VERSION) {
        fmt::print(stderr, "note: segmentd {} took this backup; this version makes another state of the same records\n",
                   manifest.version);
        return {};
    }
    return fail(
        ErrorCode::corrupt,
        fmt::format("the backup is damaged: {} tells of {} records and state {}, the journal gives {} and {}",
                    manifest_name, manifest.records, manifest.state_sha256, folded.records, folded.state_sha256),
        "take another backup");
}

}  // namespace
}  // namespace segmentd::daemon
