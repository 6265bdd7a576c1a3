#include "daemon/serve/sessions.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

namespace segmentd::daemon {
namespace {

constexpr std::size_t most_sessions = 1000;

}  // namespace

std::string Sessions::open(std::string_view token_id, Timestamp now) {
    std::array<std::uint8_t, 32> bytes;
    randombytes_buf(bytes.data(), bytes.size());
    auto secret = to_hex(bytes);
    const std::lock_guard lock(mutex_);
    std::erase_if(sessions_, [&](const auto& entry) { return entry.second.ends_at <= now; });
    if (sessions_.size() >= most_sessions)
        sessions_.erase(
            std::ranges::min_element(sessions_, {}, [](const auto& entry) { return entry.second.ends_at; }));
    sessions_[sha256(secret)] = {std::string(token_id), now + session_lifetime};
    return secret;
}

std::optional<std::string> Sessions::token_of(std::string_view secret, Timestamp now) const {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(sha256(secret));
    if (found == sessions_.end() || found->second.ends_at <= now) return std::nullopt;
    return found->second.token_id;
}

void Sessions::close(std::string_view secret) {
    const std::lock_guard lock(mutex_);
    sessions_.erase(sha256(secret));
}

}  // namespace segmentd::daemon
