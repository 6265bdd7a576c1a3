// Writing a packet to the disk, whole or not at all.
#include <fmt/format.h>

#include <system_error>

#include "daemon/audit/packet.hpp"
#include "daemon/store/files.hpp"

namespace segmentd::daemon {
namespace {

namespace fs = std::filesystem;

Result<void> check_is_free(const fs::path& folder, const fs::path& partial);
Result<void> write_files(const Packet& packet, const fs::path& folder);
tl::unexpected<Error> cannot_write(const fs::path& path, const std::string& why);

}  // namespace

Result<void> write_packet(const Packet& packet, const fs::path& named) {
    auto folder = named.lexically_normal();
    if (!folder.has_filename()) folder = folder.parent_path();  // "P/" is P
    const fs::path partial(folder.string() + ".partial");
    if (auto is_free = check_is_free(folder, partial); !is_free) return is_free;
    std::error_code error;
    fs::create_directory(partial, error);
    if (!error) fs::permissions(partial, fs::perms::owner_all, error);
    if (error) return cannot_write(partial, error.message());
    auto written = write_files(packet, partial);
    if (written) {
        fs::rename(partial, folder, error);
        if (error) written = cannot_write(folder, error.message());
    }
    if (!written) fs::remove_all(partial, error);
    return written;
}

namespace {

Result<void> check_is_free(const fs::path& folder, const fs::path& partial) {
    std::error_code error;
    const bool is_there = fs::exists(fs::symlink_status(folder, error));
    const bool is_empty_folder =
        is_there && fs::is_directory(fs::symlink_status(folder, error)) && fs::is_empty(folder, error) && !error;
    if (is_there && !is_empty_folder) {
        return fail(ErrorCode::conflict, fmt::format("{} is there already", folder.string()),
                    "name a folder that does not exist or is empty");
    }
    if (fs::exists(fs::symlink_status(partial, error))) {
        return fail(ErrorCode::conflict, fmt::format("{} is left of an attempt that was cut off", partial.string()),
                    "remove it and try again");
    }
    return {};
}

Result<void> write_files(const Packet& packet, const fs::path& folder) {
    for (const auto& file : packet.files) {
        if (auto written = write_secret_file(folder / file.name, file.bytes); !written) return written;
    }
    return {};
}

tl::unexpected<Error> cannot_write(const fs::path& path, const std::string& why) {
    return fail(ErrorCode::io, fmt::format("cannot write {}: {}", path.string(), why));
}

}  // namespace
}  // namespace segmentd::daemon
