#include "daemon/settings/workspace_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "daemon/settings/secrets.hpp"
#include "daemon/settings/time_zones.hpp"
#include "rules/load/load.hpp"

namespace segmentd::daemon {
namespace {

namespace files = std::filesystem;

class FolderReader {
  public:
    FolderReader(files::path root, const WorkspaceLimits& limits) : root_(std::move(root)), limits_(limits) {}

    Result<void> read();
    WorkspaceFolder take() { return std::move(found_); }

  private:
    Result<void> take(const files::directory_entry& entry);
    Result<void> read_file(const files::directory_entry& entry);
    Result<void> check_link(const files::directory_entry& entry) const;
    std::string name_of(const files::path& path) const { return path.lexically_relative(root_).generic_string(); }

    const files::path root_;  // without links
    const WorkspaceLimits& limits_;
    WorkspaceFolder found_;
    std::size_t bytes_ = 0;
};

bool is_passed_over(const files::path& path);
bool is_yaml(const files::path& path);
std::string lower_case(std::string text);
bool is_inside(const files::path& path, const files::path& root);
tl::unexpected<Error> refuse_access(const std::string& name, const std::error_code& error);

}  // namespace

Result<std::map<std::string, std::string>> read_workspace_files(const files::path& folder) {
    return read_workspace_files(folder, WorkspaceLimits{});
}

Result<std::map<std::string, std::string>> read_workspace_files(const files::path& folder,
                                                                const WorkspaceLimits& limits) {
    TRY(read, read_workspace_folder(folder, limits));
    return std::move(read.files);
}

Result<WorkspaceFolder> read_workspace_folder(const files::path& folder, const WorkspaceLimits& limits) {
    std::error_code error;
    if (!files::is_directory(folder, error)) {
        return fail(ErrorCode::not_found, fmt::format("there is no folder {}", folder.string()),
                    "name the folder that holds workspace.yaml");
    }
    const files::path root = files::canonical(folder, error);
    if (error) return refuse_access(folder.string(), error);
    FolderReader reader(root, limits);
    if (auto read = reader.read(); !read) return fail(std::move(read).error());
    auto found = reader.take();
    if (auto added = add_time_zones(found.files); !added) return fail(std::move(added).error());
    return found;
}

bool is_name_in_workspace(std::string_view name) {
    if (name == rules::zones_file) return true;
    const files::path path(name);
    const bool is_plain =
        path.is_relative() && path.lexically_normal().string() == name && name.find('\0') == name.npos;
    return is_plain && is_yaml(path) && std::ranges::none_of(path, is_passed_over);
}

namespace {

Result<void> FolderReader::read() {
    std::error_code error;
    std::size_t entries = 0;
    auto place = files::recursive_directory_iterator(root_, error);
    for (; !error && place != files::recursive_directory_iterator(); place.increment(error)) {
        const files::directory_entry& entry = *place;
        if (++entries > limits_.entries) {
            return fail(ErrorCode::limit,
                        fmt::format("{} holds more than {} files and folders", root_.string(), limits_.entries),
                        "is this the right folder?");
        }
        std::error_code ignored;
        if (is_passed_over(entry.path())) {
            place.disable_recursion_pending();
        } else if (entry.is_symlink(ignored) && (is_yaml(entry.path()) || entry.is_directory(ignored))) {
            if (auto checked = check_link(entry); !checked) return checked;
            if (auto read = read_file(entry); !read) return read;
        } else if (!entry.is_directory(ignored)) {
            if (auto taken = take(entry); !taken) return taken;
        }
    }
    if (error) return refuse_access(root_.string(), error);
    return {};
}

// A file that is no link, whatever its name.
Result<void> FolderReader::take(const files::directory_entry& entry) {
    if (is_yaml(entry.path())) return read_file(entry);
    const auto ending = lower_case(entry.path().extension().string());
    if (ending == ".yaml" || ending == ".yml") {
        return fail({ErrorCode::invalid,
                     "its ending is in capitals",
                     {name_of(entry.path()), 0, 0},
                     "file_name",
                     "end its name with " + ending});
    }
    if (ending != ".md") found_.passed_over.push_back(name_of(entry.path()));
    return {};
}

Result<void> FolderReader::read_file(const files::directory_entry& entry) {
    if (found_.files.size() == limits_.files) {
        return fail(ErrorCode::limit, fmt::format("{} holds more than {} YAML files", root_.string(), limits_.files),
                    "is this the right folder?");
    }
    auto bytes = read_small_file(entry.path().string(), limits_.bytes - bytes_);
    if (!bytes && bytes.error().code == ErrorCode::limit) {
        return fail(ErrorCode::limit,
                    fmt::format("the YAML files of {} hold more than {} bytes", root_.string(), limits_.bytes));
    }
    if (!bytes) return fail(std::move(bytes).error());
    bytes_ += bytes->size();
    found_.files.emplace(name_of(entry.path()), std::move(*bytes));
    return {};
}

Result<void> FolderReader::check_link(const files::directory_entry& entry) const {
    std::error_code error;
    const files::path target = files::canonical(entry.path(), error);
    if (error) return refuse_access(name_of(entry.path()), error);
    if (!is_inside(target, root_)) {
        return fail(ErrorCode::invalid, fmt::format("{} links to a place outside the workspace", name_of(entry.path())),
                    "copy the file into the workspace");
    }
    if (files::is_directory(target, error)) {
        return fail(ErrorCode::invalid, fmt::format("{} links to a folder", name_of(entry.path())),
                    "links to folders are not followed");
    }
    return {};
}

bool is_passed_over(const files::path& path) {
    const std::string name = path.filename().string();
    return name.starts_with('.') || name == "node_modules";
}

bool is_yaml(const files::path& path) {
    return path.extension() == ".yaml" || path.extension() == ".yml";
}

std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
}

bool is_inside(const files::path& path, const files::path& root) {
    return std::ranges::mismatch(root, path).in1 == root.end();
}

tl::unexpected<Error> refuse_access(const std::string& name, const std::error_code& error) {
    return fail(ErrorCode::io, fmt::format("cannot read {}: {}", name, error.message()));
}

}  // namespace
}  // namespace segmentd::daemon
