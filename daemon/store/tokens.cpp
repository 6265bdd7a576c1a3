#include "daemon/store/tokens.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace segmentd::daemon {
namespace {

void insert_token(SQLite::Database& database, const Record& record, const Sha256& hash);
void revoke_token(SQLite::Database& database, const Record& record);
StoredToken token_in(SQLite::Statement& row);
std::map<std::string, StoredToken> tokens_of(const std::vector<Record>& records);
tl::unexpected<Error> differs(const StoredToken& token, std::string_view what);

}  // namespace

void TokenTable::create() {
    database_.exec(
        "CREATE TABLE IF NOT EXISTS tokens(id TEXT PRIMARY KEY, hash BLOB NOT NULL, name TEXT NOT NULL, "
        "role TEXT NOT NULL, created_by TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, "
        "revoked_at INTEGER) STRICT");
}

Result<void> TokenTable::expect(const TokenRecord& token, const Sha256& hash, Timestamp now) {
    const auto has_name = [&](const auto& other) { return other.name == token.name; };
    const auto stored = all();
    const bool is_taken =
        std::ranges::any_of(stored, [&](const auto& other) { return has_name(other) && is_in_force(other, now); }) ||
        std::ranges::any_of(expected_, [&](const auto& other) { return has_name(other.second); });
    if (is_taken) {
        return fail(ErrorCode::conflict, fmt::format("there is a token '{}' in force", token.name),
                    "choose another name, or revoke that token first");
    }
    expected_[token.id] = {token.name, hash};
    return {};
}

void TokenTable::apply(const Record& record) {
    const auto* token = std::get_if<TokenRecord>(&record.payload);
    if (token == nullptr) return;
    if (token->action == TokenAction::revoked) return revoke_token(database_, record);
    const auto expected = expected_.find(token->id);
    if (expected == expected_.end()) return;
    insert_token(database_, record, expected->second.hash);
    applied_.push_back(token->id);
}

void TokenTable::settle(bool is_committed) {
    if (is_committed) {
        for (const auto& id : applied_) expected_.erase(id);
    }
    applied_.clear();
}

std::vector<StoredToken> TokenTable::all() {
    std::vector<StoredToken> tokens;
    if (!database_.tableExists("tokens")) return tokens;
    SQLite::Statement select(database_,
                             "SELECT id, hash, name, role, created_by, created_at, expires_at, revoked_at FROM tokens "
                             "ORDER BY created_at, id");
    while (select.executeStep()) tokens.push_back(token_in(select));
    return tokens;
}

Result<void> TokenTable::check(const std::vector<Record>& records) {
    auto expected = tokens_of(records);
    for (const auto& row : all()) {
        const auto found = expected.find(row.id);
        if (found == expected.end()) return differs(row, "no record of the journal tells of it");
        found->second.hash = row.hash;
        if (row != found->second) return differs(row, "it is not what its records in the journal say");
        expected.erase(found);
    }
    if (!expected.empty()) return differs(expected.begin()->second, "it is in the journal and not in the table");
    return {};
}

namespace {

void insert_token(SQLite::Database& database, const Record& record, const Sha256& hash) {
    const auto& token = std::get<TokenRecord>(record.payload);
    SQLite::Statement insert(database,
                             "INSERT INTO tokens(id, hash, name, role, created_by, created_at, expires_at) "
                             "VALUES (?, ?, ?, ?, ?, ?, ?)");
    insert.bind(1, token.id);
    bind_blob(insert, 2, hash);
    insert.bind(3, token.name);
    insert.bind(4, token.role);
    insert.bind(5, record.actor);
    insert.bind(6, to_microseconds(record.received_at));
    insert.bind(7, to_microseconds(token.expires_at));
    insert.exec();
}

void revoke_token(SQLite::Database& database, const Record& record) {
    SQLite::Statement update(database, "UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL");
    update.bind(1, to_microseconds(record.received_at));
    update.bind(2, std::get<TokenRecord>(record.payload).id);
    update.exec();
}

StoredToken token_in(SQLite::Statement& row) {
    StoredToken token;
    token.id = row.getColumn(0).getString();
    const auto hash = row.getColumn(1);
    const auto bytes = blob_of(hash);
    if (bytes.size() == token.hash.size()) std::ranges::copy(bytes, token.hash.begin());
    token.name = row.getColumn(2).getString();
    token.role = row.getColumn(3).getString();
    token.created_by = row.getColumn(4).getString();
    token.created_at = from_microseconds(row.getColumn(5).getInt64());
    token.expires_at = from_microseconds(row.getColumn(6).getInt64());
    if (!row.getColumn(7).isNull()) token.revoked_at = from_microseconds(row.getColumn(7).getInt64());
    return token;
}

std::map<std::string, StoredToken> tokens_of(const std::vector<Record>& records) {
    std::map<std::string, StoredToken> tokens;
    for (const auto& record : records) {
        const auto& token = std::get<TokenRecord>(record.payload);
        if (token.action == TokenAction::created) {
            tokens.try_emplace(token.id, StoredToken{.id = token.id,
                                                     .name = token.name,
                                                     .role = token.role,
                                                     .created_by = record.actor,
                                                     .created_at = record.received_at,
                                                     .expires_at = token.expires_at});
        } else if (const auto known = tokens.find(token.id); known != tokens.end() && !known->second.revoked_at) {
            known->second.revoked_at = record.received_at;
        }
    }
    return tokens;
}

tl::unexpected<Error> differs(const StoredToken& token, std::string_view what) {
    return fail(ErrorCode::corrupt,
                fmt::format("the token '{}' ({}) was tampered with: {}", token.name, token.id, what),
                "restore the store from a backup");
}

}  // namespace
}  // namespace segmentd::daemon
