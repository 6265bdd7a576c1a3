// The admin token of a store: made at the first start, kept in the store's folder as `token`.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace segmentd::daemon {

// Reads the token, or makes one (256 random bits, file mode 0600).
Result<std::string> admin_token(const std::filesystem::path& data);

// A shared webhook secret for an endpoint that was given none: made once and kept in the store's
// folder under endpoints/NAME.secret (0600).
Result<std::string> kept_webhook_secret(const std::filesystem::path& data, const std::string& endpoint);

}  // namespace segmentd::daemon
