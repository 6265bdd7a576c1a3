#include "daemon/serve/tokens.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <boost/json/object.hpp>

namespace segmentd::daemon {
namespace {

constexpr std::string_view prefix = "sgd_";
constexpr std::size_t id_size = 16;
constexpr Duration longest_life = Days(3650);

template <std::size_t Size>
std::string random_hex();
Result<Duration> lifetime_of(const std::string& text);
Result<void> check_name(std::string_view name);
const char* state_of(const StoredToken& token, Timestamp now);

}  // namespace

Result<NewToken> make_token(const TokenWish& wish, Timestamp now) {
    if (!parse_role(wish.role)) {
        return fail(ErrorCode::invalid, fmt::format("there is no role '{}'", wish.role),
                    "roles are viewer, ingester, evaluator, editor, approver, auditor and admin");
    }
    TRY(lifetime, lifetime_of(wish.expires_in));
    NewToken token;
    token.record.id = random_hex<id_size / 2>();
    token.record.name = wish.name.empty() ? fmt::format("{}-{}", wish.role, token.record.id.substr(0, 6)) : wish.name;
    if (auto checked = check_name(token.record.name); !checked) return fail(std::move(checked).error());
    token.record.role = wish.role;
    token.record.action = TokenAction::created;
    token.record.expires_at = now + lifetime;
    token.secret = fmt::format("{}{}_{}", prefix, token.record.id, random_hex<32>());
    token.hash = sha256(token.secret);
    return token;
}

Result<TokenRecord> make_revocation(std::span<const StoredToken> tokens, std::string_view id_or_name, Timestamp now) {
    const StoredToken* found = nullptr;
    const auto rank = [now](const StoredToken& token) {
        return is_in_force(token, now) ? 2 : token.revoked_at ? 0 : 1;
    };
    for (const auto& token : tokens) {
        if (token.id != id_or_name && token.name != id_or_name) continue;
        if (found == nullptr || rank(token) >= rank(*found)) found = &token;
    }
    if (found == nullptr) {
        return fail(ErrorCode::not_found, fmt::format("there is no token '{}'", id_or_name),
                    "segmentctl token list shows ids and names");
    }
    if (found->revoked_at) {
        return fail(ErrorCode::conflict,
                    fmt::format("the token '{}' was revoked at {}", found->name, to_text(*found->revoked_at)));
    }
    return TokenRecord{found->id, found->name, found->role, TokenAction::revoked, found->expires_at};
}

StoredToken stored_token(const NewToken& token, const Record& record) {
    return {.id = token.record.id,
            .name = token.record.name,
            .role = token.record.role,
            .hash = token.hash,
            .created_by = record.actor,
            .created_at = record.received_at,
            .expires_at = token.record.expires_at};
}

std::string_view token_id_in(std::string_view secret) {
    constexpr std::size_t end = prefix.size() + id_size;
    if (!secret.starts_with(prefix) || secret.size() <= end || secret[end] != '_') return {};
    return secret.substr(prefix.size(), id_size);
}

boost::json::object token_json(const StoredToken& token, Timestamp now) {
    return {{"id", token.id},
            {"name", token.name},
            {"role", token.role},
            {"state", state_of(token, now)},
            {"created_at", to_text(token.created_at)},
            {"expires_at", to_text(token.expires_at)},
            {"revoked_at", token.revoked_at ? boost::json::value(to_text(*token.revoked_at)) : nullptr},
            {"created_by", token.created_by}};
}

namespace {

template <std::size_t Size>
std::string random_hex() {
    std::array<std::uint8_t, Size> bytes;
    randombytes_buf(bytes.data(), bytes.size());
    return to_hex(bytes);
}

Result<Duration> lifetime_of(const std::string& text) {
    const auto lifetime = parse_duration(text);
    if (lifetime && *lifetime > Duration(0) && *lifetime <= longest_life) return *lifetime;
    return fail(ErrorCode::invalid, fmt::format("'{}' is no lifetime of a token", text),
                "write 90d; more than nothing and at most 3650d");
}

Result<void> check_name(std::string_view name) {
    constexpr std::size_t most = 64;
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto is_allowed = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
    const bool is_name = !name.empty() && name.size() <= most && is_letter(name.front()) &&
                         std::ranges::all_of(name, is_allowed) && name != "admin" && name != "none";
    if (is_name) return {};
    return fail(ErrorCode::invalid, fmt::format("'{}' is no name for a token", name),
                "a name is a word such as crm-import, at most 64 letters; admin and none are taken");
}

const char* state_of(const StoredToken& token, Timestamp now) {
    if (token.revoked_at) return "revoked";
    return now < token.expires_at ? "active" : "expired";
}

}  // namespace
}  // namespace segmentd::daemon
