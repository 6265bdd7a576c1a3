// The manifest of a backup: JSON that a person can read too.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/canonical_json.hpp"
#include "base/sha256.hpp"
#include "daemon/store/backup.hpp"
#include "daemon/store/files.hpp"

namespace segmentd::daemon {
namespace {

namespace json = boost::json;

json::object to_json(const BackupManifest& manifest);
Result<std::string> text_of(const BackupManifest& manifest);
bool is_as_written(const std::string& text, const BackupManifest& manifest);
BackupManifest manifest_in(const json::value& value);
bool stays_inside(const std::string& name);

}  // namespace

Result<void> write_manifest(const std::filesystem::path& folder, const BackupManifest& manifest) {
    TRY(text, text_of(manifest));
    return write_secret_file(folder / manifest_name, text);
}

Result<BackupManifest> read_manifest(const std::filesystem::path& folder) {
    const auto path = folder / manifest_name;
    TRY(text, read_file(path));
    try {
        auto manifest = manifest_in(json::parse(text));
        const bool is_safe =
            std::ranges::all_of(manifest.files, [](const BackupFile& file) { return stays_inside(file.name); });
        if (is_safe && !manifest.files.empty() && is_as_written(text, manifest)) return manifest;
    } catch (const std::exception&) {  // said below, for every way in which it can be wrong
    }
    return fail(ErrorCode::corrupt, fmt::format("the backup is damaged: {} is not as it was written", path.string()),
                "take another backup");
}

namespace {

json::object to_json(const BackupManifest& manifest) {
    json::array files;
    for (const auto& file : manifest.files) {
        files.push_back({{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}});
    }
    return {{"format", 1},
            {"version", manifest.version},
            {"records", manifest.records},
            {"tree_head", manifest.tree_head},
            {"state_sha256", manifest.state_sha256},
            {"files", std::move(files)}};
}

// One member is the hash of the text without it, so that a changed byte is found here and not in a file.
Result<std::string> text_of(const BackupManifest& manifest) {
    auto object = to_json(manifest);
    TRY(text, canonical_json(object));
    object["manifest_sha256"] = to_hex(sha256(text));
    TRY(whole, canonical_json(object));
    return whole + '\n';
}

// Backups of before had no hash of their own.
bool is_as_written(const std::string& text, const BackupManifest& manifest) {
    if (text == text_of(manifest).value_or("")) return true;
    return text == canonical_json(to_json(manifest)).value_or("") + '\n';
}

// Throws where a member is missing or of another type.
BackupManifest manifest_in(const json::value& value) {
    const auto text = [](const json::object& object, const char* name) {
        return std::string(object.at(name).as_string());
    };
    const auto& object = value.as_object();
    if (object.at("format").as_int64() != 1) throw std::invalid_argument("format");
    BackupManifest manifest{.version = text(object, "version"),
                            .records = object.at("records").to_number<std::uint64_t>(),
                            .tree_head = text(object, "tree_head"),
                            .state_sha256 = text(object, "state_sha256"),
                            .files = {}};
    for (const auto& entry : object.at("files").as_array()) {
        const auto& file = entry.as_object();
        manifest.files.push_back(
            {text(file, "name"), file.at("bytes").to_number<std::uint64_t>(), text(file, "sha256")});
    }
    return manifest;
}

// A name that leads nowhere but into the folder.
bool stays_inside(const std::string& name) {
    const std::filesystem::path path(name);
    return !name.empty() && path.is_relative() && path == path.lexically_normal() && *path.begin() != "..";
}

}  // namespace
}  // namespace segmentd::daemon
