#include "daemon/store/store_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <sstream>

namespace segmentd::daemon {
namespace {

struct Note {
    std::string process;
    std::vector<std::string> urls;
};
Note note_in(const std::filesystem::path& path);
Error held_elsewhere(const std::filesystem::path& path);

}  // namespace

Result<StoreLock> StoreLock::take(const std::filesystem::path& directory) {
    const std::filesystem::path path = directory / "lock";
    TRY(file, FileHandle::open(path, O_RDWR | O_CREAT, 0600));
    if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
        return fail(errno == EWOULDBLOCK ? held_elsewhere(path) : system_error("lock", path));
    }
    StoreLock lock(std::move(file), path);
    if (auto announced = lock.announce({}); !announced) return fail(std::move(announced).error());
    return lock;
}

Result<void> StoreLock::announce(std::string_view urls) {
    const std::string content = fmt::format("{}\n{}\n", ::getpid(), urls);
    const bool is_written =
        ::pwrite(file_.number(), content.data(), content.size(), 0) == static_cast<ssize_t>(content.size()) &&
        ::ftruncate(file_.number(), static_cast<off_t>(content.size())) == 0;
    if (!is_written) return fail(system_error("write", path_));
    return {};
}

std::vector<std::string> StoreLock::urls_of_holder(const std::filesystem::path& directory) {
    auto note = note_in(directory / "lock");
    const bool is_running = !note.process.empty() && std::filesystem::exists("/proc/" + note.process);
    return is_running ? std::move(note.urls) : std::vector<std::string>();
}

namespace {

Note note_in(const std::filesystem::path& path) {
    std::istringstream content(read_file(path).value_or(std::string()));
    Note note;
    std::getline(content, note.process);
    for (std::string url; std::getline(content, url);) {
        if (!url.empty()) note.urls.push_back(url);
    }
    return note;
}

Error held_elsewhere(const std::filesystem::path& path) {
    const auto [process, urls] = note_in(path);
    std::string holder = process.empty() ? "another process" : "process " + process;
    if (!urls.empty()) holder += ", which answers at " + urls.front();
    return {.code = ErrorCode::conflict,
            .message = fmt::format("the store {} is in use by {}", path.parent_path().string(), holder),
            .where = {},
            .rule = "store_in_use",
            .hint = "ask that daemon, or stop it first"};
}

}  // namespace
}  // namespace segmentd::daemon
