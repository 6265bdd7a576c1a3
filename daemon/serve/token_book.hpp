// The tokens that the daemon accepts, for the network thread: who holds this secret, and in what role.
//
// A snapshot that never changes stands behind a mutex; changes put a new one in its place. Secrets are compared by
// their hashes and in constant time. Any thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/serve/roles.hpp"
#include "daemon/store/stored_token.hpp"

namespace segmentd::daemon {

struct TokenHolder {
    std::string name;
    Role role = Role::anyone;
};

enum class TokenFault { missing, unknown, expired, revoked };

class TokenBook {
  public:
    // The secret of the store's own admin token, which stands in no table, has the name admin and never expires.
    TokenBook(std::string admin_secret, const std::vector<StoredToken>& tokens);

    // Expired and revoked are told only to who knows the whole secret; everything else is unknown.
    tl::expected<TokenHolder, TokenFault> identify(std::string_view secret, Timestamp now) const;

    // Who holds the token with this id (empty: the admin token), while it is in force. For those who showed the secret
    // before.
    std::optional<TokenHolder> holder_of(std::string_view id, Timestamp now) const;

    void add(const StoredToken& token);
    void revoke(const std::string& id, Timestamp now);

    // By the time of creation.
    std::vector<StoredToken> all() const;

  private:
    using Tokens = std::map<std::string, StoredToken, std::less<>>;  // by id

    std::shared_ptr<const Tokens> snapshot() const;
    template <typename Change>
    void change(Change apply);

    const std::string admin_secret_;
    mutable std::mutex mutex_;
    std::shared_ptr<const Tokens> tokens_;
};

}  // namespace segmentd::daemon
