// Who is signed in at the page. The browser holds a random secret, never a token; here stands the id of the token that
// it was opened with, so that the end of the token is the end of the session.
//
// Sessions live in memory: a restart signs everybody out. Any thread.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/sha256.hpp"
#include "base/timestamp.hpp"

namespace segmentd::daemon {

inline constexpr Duration session_lifetime = std::chrono::hours(12);

class Sessions {
  public:
    // Of a token by its id (token_id_in(); empty for the store's own admin token). The secret for the cookie. Where
    // 1,000 are open, the one that ends first is over.
    std::string open(std::string_view token_id, Timestamp now);

    // The id of the token, or nothing where there is no such session or its 12 hours are over.
    std::optional<std::string> token_of(std::string_view secret, Timestamp now) const;

    void close(std::string_view secret);

  private:
    struct Session {
        std::string token_id;
        Timestamp ends_at{};
    };

    mutable std::mutex mutex_;
    std::map<Sha256, Session> sessions_;  // by the hash of the secret, so that no comparison tells how near one came
};

}  // namespace segmentd::daemon
