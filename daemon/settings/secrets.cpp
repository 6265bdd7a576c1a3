#include "daemon/settings/secrets.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace segmentd::daemon {
namespace {

namespace files = std::filesystem;

struct SecretPlaces {
    std::string
        setting;  // "endpoints.crm.secret": the name of the literal, of its credential and, with _file, of `file`
    std::string literal;
    std::string file;
};
Result<std::optional<std::string>> find_secret(const SecretPlaces& places, const std::string& credentials);
EndpointSettings settings_of(const Settings& settings, const std::string& endpoint);
Result<std::string> read_secret(const std::string& path);
Result<std::string> read_private_secret(const std::string& path);
const char* stray_character(std::string_view secret);

}  // namespace

std::string credentials_directory() {
    const char* directory = std::getenv("CREDENTIALS_DIRECTORY");  // NOLINT(concurrency-mt-unsafe): nobody sets it
    return directory == nullptr ? std::string() : directory;
}

Result<std::optional<std::string>> endpoint_secret(const Settings& settings, const std::string& name,
                                                   const std::string& credentials) {
    const auto endpoint = settings_of(settings, name);
    return find_secret({fmt::format("endpoints.{}.secret", name), endpoint.secret, endpoint.secret_file}, credentials);
}

Result<std::optional<std::string>> previous_endpoint_secret(const Settings& settings, const std::string& name,
                                                            const std::string& credentials) {
    const auto endpoint = settings_of(settings, name);
    return find_secret(
        {fmt::format("endpoints.{}.previous_secret", name), endpoint.previous_secret, endpoint.previous_secret_file},
        credentials);
}

std::string credential_path(const std::string& file, const std::string& credentials) {
    const bool is_credential = !credentials.empty() && !file.empty() && file.find('/') == std::string::npos;
    return is_credential ? fmt::format("{}/{}", credentials, file) : file;
}

Result<std::string> named_secret(const Settings& settings, const std::string& name, const std::string& credentials) {
    const auto given = settings.secrets.find(name);
    const std::string file = given == settings.secrets.end() ? "" : given->second;
    const bool is_credential = !credentials.empty() && file.find('/') == std::string::npos;
    const std::string credential = fmt::format("{}/{}", credentials, file.empty() ? name : file);
    std::error_code ignored;
    if (is_credential && (!file.empty() || files::exists(credential, ignored))) return read_secret(credential);
    if (!file.empty()) return read_private_secret(file);
    const std::string kept = fmt::format("{}/secrets/{}", settings.data, name);
    if (files::exists(kept, ignored)) return read_private_secret(kept);
    return fail(ErrorCode::not_found, fmt::format("the secret '{}' is nowhere", name),
                fmt::format("put it into {}, mode 600, or name its file with secrets.{}", kept, name));
}

bool is_open_to_others(const std::string& path) {
    std::error_code error;
    const auto rights = files::status(path, error).permissions();
    return !error && (rights & (files::perms::group_all | files::perms::others_all)) != files::perms::none;
}

Result<std::string> read_small_file(const std::string& path, std::size_t max_size) {
    std::error_code error;
    const auto status = files::status(path, error);
    if (!files::exists(status)) return fail(ErrorCode::not_found, fmt::format("there is no file {}", path));
    if (!files::is_regular_file(status)) return fail(ErrorCode::invalid, fmt::format("{} is no file", path));
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return fail(ErrorCode::io, fmt::format("cannot read {}: {}", path, std::generic_category().message(errno)));
    }
    std::string bytes;
    std::array<char, 16 * 1024> piece;
    while (file && bytes.size() <= max_size) {
        file.read(piece.data(), piece.size());
        bytes.append(piece.data(), static_cast<std::size_t>(file.gcount()));
    }
    if (file.bad()) return fail(ErrorCode::io, fmt::format("cannot read {}", path));
    if (bytes.size() > max_size) {
        return fail(ErrorCode::limit, fmt::format("{} is larger than {} bytes", path, max_size));
    }
    return bytes;
}

namespace {

EndpointSettings settings_of(const Settings& settings, const std::string& endpoint) {
    const auto found = settings.endpoints.find(endpoint);
    return found == settings.endpoints.end() ? EndpointSettings{} : found->second;
}

Result<std::optional<std::string>> find_secret(const SecretPlaces& places, const std::string& credentials) {
    const auto& [setting, literal, file] = places;
    if (!literal.empty() && !file.empty()) {
        return fail(ErrorCode::invalid, fmt::format("{0} and {0}_file are both set", setting),
                    fmt::format("keep {}_file", setting));
    }
    if (!literal.empty()) return std::optional(literal);
    const bool is_credential = !credentials.empty() && file.find('/') == std::string::npos;
    const std::string standard = credentials.empty() ? "" : setting;
    const std::string path = credential_path(file.empty() ? standard : file, credentials);
    std::error_code ignored;
    if (path.empty() || (file.empty() && !files::exists(path, ignored))) return std::optional<std::string>();
    TRY(secret, is_credential ? read_secret(path) : read_private_secret(path));
    return std::optional(secret);
}

Result<std::string> read_secret(const std::string& path) {
    constexpr std::size_t max_size = 4096;
    TRY(secret, read_small_file(path, max_size));
    if (secret.ends_with("\r\n"))
        secret.resize(secret.size() - 2);
    else if (secret.ends_with('\n'))
        secret.pop_back();
    if (secret.empty()) return fail(ErrorCode::invalid, fmt::format("{} is empty, must hold a secret", path));
    if (const auto* stray = stray_character(secret)) {
        return fail(ErrorCode::invalid, fmt::format("the secret in {} holds {}", path, stray),
                    "write it on one line, with at most one line end behind it and nothing else");
    }
    return secret;
}

// What no receiver would take for a part of the secret, or would cut off in a header; null where there is none.
const char* stray_character(std::string_view secret) {
    for (const char c : secret) {
        if (c == '\0') return "a NUL";
        if (c == '\n') return "a line feed";
        if (c == '\r') return "a carriage return";
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return "a control character";
    }
    if (secret.starts_with(' ')) return "a blank at its beginning";
    return secret.ends_with(' ') ? "a blank at its end" : nullptr;
}

Result<std::string> read_private_secret(const std::string& path) {
    if (is_open_to_others(path)) {
        return fail(ErrorCode::invalid, fmt::format("others than its owner have rights on {}", path),
                    fmt::format("chmod 600 {}", path));
    }
    return read_secret(path);
}

}  // namespace
}  // namespace segmentd::daemon
