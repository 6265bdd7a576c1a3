#include "daemon/store/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace segmentd::daemon {
namespace {

constexpr const char* disk_full = "disk_full";

Result<void> write_and_sync(const FileHandle& file, std::string_view bytes, const std::filesystem::path& path);
Result<off_t> end_of_last_line(const FileHandle& file, const std::filesystem::path& path);

}  // namespace

Result<FileHandle> FileHandle::open(const std::filesystem::path& path, int flags, mode_t permissions) {
    const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, permissions);
    if (descriptor < 0) return fail(system_error("open", path));
    return FileHandle(descriptor);
}

FileHandle::FileHandle(FileHandle&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

FileHandle::~FileHandle() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Error system_error(std::string_view what, const std::filesystem::path& path) {
    const int reason = errno;
    Error error{
        .code = reason == ENOENT ? ErrorCode::not_found : ErrorCode::io,
        .message = fmt::format("cannot {} {}: {}", what, path.string(), std::generic_category().message(reason)),
        .where = {},
        .rule = {},
        .hint = {}};
    if (reason == ENOSPC || reason == EDQUOT) mark_disk_full(error);
    return error;
}

bool is_disk_full(const Error& error) {
    return error.rule == disk_full;
}

void mark_disk_full(Error& error) {
    error.rule = disk_full;
    error.hint = "free some disk space";
}

Result<std::string> read_file(const std::filesystem::path& path) {
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(system_error("read", path));
    return std::string(std::istreambuf_iterator<char>(file), {});
}

Result<void> write_secret_file(const std::filesystem::path& path, std::string_view bytes) {
    const std::filesystem::path unfinished = path.string() + ".new";
    TRY(file, FileHandle::open(unfinished, O_WRONLY | O_CREAT | O_TRUNC, 0600));
    if (auto written = write_and_sync(file, bytes, unfinished); !written) return written;
    if (::rename(unfinished.c_str(), path.c_str()) != 0) return fail(system_error("create", path));
    return sync_folder(path.parent_path());
}

Result<void> append_line(const std::filesystem::path& path, std::string_view line) {
    const bool is_new = !std::filesystem::exists(path);
    TRY(file, FileHandle::open(path, O_RDWR | O_CREAT | O_APPEND, 0600));
    TRY(whole_lines, end_of_last_line(file, path));
    if (::ftruncate(file.number(), whole_lines) != 0) return fail(system_error("shorten", path));
    if (auto written = write_and_sync(file, std::string(line) + '\n', path); !written) return written;
    if (is_new) return sync_folder(path.parent_path());
    return {};
}

Result<void> sync_folder(const std::filesystem::path& folder) {
    TRY(handle, FileHandle::open(folder, O_RDONLY | O_DIRECTORY, 0));
    if (::fsync(handle.number()) != 0) return fail(system_error("sync", folder));
    return {};
}

Result<void> check_is_outside(const std::filesystem::path& store, const std::filesystem::path& target) {
    std::error_code ignored;
    const auto folder = (std::filesystem::weakly_canonical(store, ignored) / "").parent_path();
    const auto place = std::filesystem::weakly_canonical(target, ignored);
    const auto parts_left = std::mismatch(folder.begin(), folder.end(), place.begin(), place.end()).first;
    if (parts_left != folder.end()) return {};
    return fail(ErrorCode::invalid, fmt::format("{} lies inside the store", target.string()),
                "name a folder elsewhere");
}

namespace {

Result<void> write_and_sync(const FileHandle& file, std::string_view bytes, const std::filesystem::path& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file.number(), bytes.data(), bytes.size());
        if (written < 0) return fail(system_error("write", path));
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(file.number()) != 0) return fail(system_error("sync", path));
    return {};
}

// Behind the last line end of the file, looked for from its end; 0 where there is none.
Result<off_t> end_of_last_line(const FileHandle& file, const std::filesystem::path& path) {
    off_t end = ::lseek(file.number(), 0, SEEK_END);
    while (end > 0) {
        std::array<char, 4096> buffer;
        const off_t start = std::max<off_t>(0, end - static_cast<off_t>(buffer.size()));
        const auto read = ::pread(file.number(), buffer.data(), static_cast<std::size_t>(end - start), start);
        if (read != end - start) return fail(system_error("read", path));
        const auto found = std::string_view(buffer.data(), static_cast<std::size_t>(read)).rfind('\n');
        if (found != std::string_view::npos) return start + static_cast<off_t>(found) + 1;
        end = start;
    }
    if (end < 0) return fail(system_error("read", path));
    return end;
}

}  // namespace
}  // namespace segmentd::daemon
