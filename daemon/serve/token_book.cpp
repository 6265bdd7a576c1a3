#include "daemon/serve/token_book.hpp"

#include <sodium.h>

#include <algorithm>
#include <tuple>

#include "daemon/serve/tokens.hpp"

namespace segmentd::daemon {
namespace {

template <typename Bytes>
bool is_same_secret(const Bytes& left, const Bytes& right) {
    return left.size() == right.size() && sodium_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace

TokenBook::TokenBook(std::string admin_secret, const std::vector<StoredToken>& tokens)
    : admin_secret_(std::move(admin_secret)) {
    Tokens by_id;
    for (const auto& token : tokens) by_id.emplace(token.id, token);
    tokens_ = std::make_shared<const Tokens>(std::move(by_id));
}

tl::expected<TokenHolder, TokenFault> TokenBook::identify(std::string_view secret, Timestamp now) const {
    if (secret.empty()) return tl::unexpected(TokenFault::missing);
    if (is_same_secret(secret, std::string_view(admin_secret_))) return TokenHolder{"admin", Role::admin};
    const auto tokens = snapshot();
    const auto found = tokens->find(token_id_in(secret));
    if (found == tokens->end()) return tl::unexpected(TokenFault::unknown);
    const auto& token = found->second;
    const auto role = parse_role(token.role);
    if (!role || !is_same_secret(sha256(secret), token.hash)) return tl::unexpected(TokenFault::unknown);
    if (token.revoked_at) return tl::unexpected(TokenFault::revoked);
    if (now >= token.expires_at) return tl::unexpected(TokenFault::expired);
    return TokenHolder{token.name, *role};
}

std::optional<TokenHolder> TokenBook::holder_of(std::string_view id, Timestamp now) const {
    if (id.empty()) return TokenHolder{"admin", Role::admin};
    const auto tokens = snapshot();
    const auto found = tokens->find(id);
    if (found == tokens->end() || found->second.revoked_at || now >= found->second.expires_at) return std::nullopt;
    const auto role = parse_role(found->second.role);
    return role ? std::optional(TokenHolder{found->second.name, *role}) : std::nullopt;
}

void TokenBook::add(const StoredToken& token) {
    change([&](Tokens& tokens) { tokens.emplace(token.id, token); });
}

void TokenBook::revoke(const std::string& id, Timestamp now) {
    change([&](Tokens& tokens) {
        const auto found = tokens.find(id);
        if (found != tokens.end() && !found->second.revoked_at) found->second.revoked_at = now;
    });
}

std::vector<StoredToken> TokenBook::all() const {
    std::vector<StoredToken> list;
    for (const auto& [id, token] : *snapshot()) list.push_back(token);
    std::ranges::sort(list, {}, [](const StoredToken& token) { return std::tie(token.created_at, token.id); });
    return list;
}

std::shared_ptr<const TokenBook::Tokens> TokenBook::snapshot() const {
    const std::lock_guard lock(mutex_);
    return tokens_;
}

template <typename Change>
void TokenBook::change(Change apply) {
    const std::lock_guard lock(mutex_);
    auto changed = std::make_shared<Tokens>(*tokens_);
    apply(*changed);
    tokens_ = std::move(changed);
}

}  // namespace segmentd::daemon
