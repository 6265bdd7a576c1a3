// An access token as the store gives it back.
#pragma once

#include <optional>
#include <string>

#include "base/sha256.hpp"
#include "base/timestamp.hpp"

namespace segmentd::daemon {

struct StoredToken {
    std::string id;
    std::string name;
    std::string role;
    Sha256 hash{};           // of the whole secret
    std::string created_by;  // the actor: "token:admin", "person:operator"
    Timestamp created_at{};  // these: wall clock
    Timestamp expires_at{};  // from this instant on it is not accepted
    std::optional<Timestamp> revoked_at{};
    bool operator==(const StoredToken&) const = default;
};

inline bool is_in_force(const StoredToken& token, Timestamp now) {
    return !token.revoked_at && now < token.expires_at;
}

}  // namespace segmentd::daemon
