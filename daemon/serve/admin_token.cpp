#include "daemon/serve/admin_token.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>

#include <array>
#include <functional>

#include "base/sha256.hpp"
#include "daemon/activation/webhook_signature.hpp"
#include "daemon/settings/secrets.hpp"

namespace segmentd::daemon {
namespace {

constexpr std::size_t longest_secret = 4096;

Result<void> write_private_file(const std::filesystem::path& path, const std::string& text) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return fail(ErrorCode::io, fmt::format("cannot create {}", path.string()));
    const std::string line = text + "\n";
    const bool is_written =
        ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && ::fsync(file) == 0;
    ::close(file);
    if (!is_written) return fail(ErrorCode::io, fmt::format("cannot write {}", path.string()));
    return {};
}

Result<std::string> read_or_make(const std::filesystem::path& path, const std::function<std::string()>& make) {
    if (std::filesystem::exists(path)) {
        TRY(text, read_small_file(path.string(), longest_secret));
        while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
        if (text.empty())
            return fail(ErrorCode::invalid, fmt::format("{} is empty", path.string()), "remove it to get a new one");
        return std::move(text);
    }
    auto secret = make();
    if (auto written = write_private_file(path, secret); !written) return fail(written.error());
    return secret;
}

}  // namespace

Result<std::string> admin_token(const std::filesystem::path& data) {
    return read_or_make(data / "token", [] {
        std::array<std::uint8_t, 32> bytes;
        randombytes_buf(bytes.data(), bytes.size());
        return "sgd_" + to_hex(bytes);
    });
}

Result<std::string> kept_webhook_secret(const std::filesystem::path& data, const std::string& endpoint) {
    std::error_code error;
    if (std::filesystem::create_directory(data / "endpoints", error))
        std::filesystem::permissions(data / "endpoints", std::filesystem::perms::owner_all, error);
    if (error)
        return fail(ErrorCode::io, fmt::format("cannot create a folder in {}: {}", data.string(), error.message()));
    return read_or_make(data / "endpoints" / (endpoint + ".secret"), [] { return make_webhook_secret(); });
}

}  // namespace segmentd::daemon
