#include "daemon/store/ledger_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace segmentd::daemon {

namespace {

constexpr const char* hash_name = "ledger_hash";

// Keeps a sealed line from being taken for another one under the same key.
std::array<std::uint8_t, 14> associated_data(std::uint64_t position) {
    std::array<std::uint8_t, 14> data = {'l', 'e', 'd', 'g', 'e', 'r'};
    const auto number = number_bytes(position);
    std::copy(number.begin(), number.end(), data.begin() + 6);
    return data;
}

// What the running hash takes in of a line.
std::string line_bytes(std::initializer_list<std::uint64_t> numbers, std::string_view name,
                       std::span<const std::uint8_t> details) {
    std::string bytes;
    for (const auto number : numbers) {
        const auto eight = number_bytes(number);
        bytes.append(eight.begin(), eight.end());
    }
    bytes += fmt::format("{}:{}", name.size(), name);
    bytes.append(details.begin(), details.end());
    return bytes;
}

std::string stored_hash(SQLite::Database& database) {
    SQLite::Statement select(database, "SELECT value FROM meta WHERE key = ?");
    select.bind(1, hash_name);
    return select.executeStep() ? select.getColumn(0).getString() : std::string();
}

std::uint64_t number_in(const SQLite::Column& column) {
    return static_cast<std::uint64_t>(column.getInt64());
}

std::string condition_of(const LedgerQuery& query, const std::optional<std::uint64_t>& subject) {
    std::string condition = "at >= ? AND at < ?";
    if (subject)
        condition += fmt::format(" AND subject IN ({}, {})", *subject, query.or_nobody ? workspace_subject : *subject);
    if (!query.name.empty()) condition += " AND name = ?";
    std::string kinds;
    for (const auto kind : query.kinds) kinds += fmt::format("{}{}", kinds.empty() ? "" : ",", static_cast<int>(kind));
    if (!kinds.empty()) condition += " AND kind IN (" + kinds + ")";
    return condition;
}

void bind_span(SQLite::Statement& statement, Timestamp from, Timestamp until) {
    statement.bind(1, to_microseconds(from));
    statement.bind(2, to_microseconds(until));
}

}  // namespace

LedgerTable::LedgerTable(SQLite::Database& database, KeyRing& keys, const Key& series_key, bool is_writer)
    : database_(database), keys_(keys), series_key_(series_key) {
    if (is_writer) {
        database.exec(
            "CREATE TABLE IF NOT EXISTS ledger(position INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, "
            "kind INTEGER NOT NULL, at INTEGER NOT NULL, name TEXT NOT NULL, subject INTEGER NOT NULL, "
            "details BLOB NOT NULL) STRICT");
    }
    exists_ = database.tableExists("ledger");
    const auto text = stored_hash(database);
    is_whole_ = !text.empty();
    if (const auto hash = from_hex(text); hash && hash->size() == hash_.size()) {
        std::ranges::copy(*hash, hash_.begin());  // any other text is the hash of no ledger: check() says so
    }
    unsettled_hash_ = hash_;
    if (!is_writer) return;
    const bool is_new_store = database.execAndGet("SELECT count(*) FROM (SELECT 1 FROM journal LIMIT 1)").getInt() == 0;
    if (!is_whole_ && is_new_store) mark_whole();
    last_position_ = number_in(database.execAndGet("SELECT ifnull(max(position), 0) FROM ledger"));
    insert_.emplace(database,
                    "INSERT INTO ledger(position, sequence, kind, at, name, subject, details) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)");
    nonces_.emplace();
}

void LedgerTable::clear() {
    database_.exec("DELETE FROM ledger");
    last_position_ = unsettled_ = 0;
    hash_ = unsettled_hash_ = {};
}

void LedgerTable::mark_whole() {
    write_hash(unsettled_hash_);
    is_whole_ = true;
}

void LedgerTable::keep_hash() {
    if (unsettled_ > 0 && is_whole_) write_hash(unsettled_hash_);
}

void LedgerTable::write_hash(const Sha256& hash) {
    SQLite::Statement insert(database_, "INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)");
    insert.bind(1, hash_name);
    insert.bind(2, to_hex(hash));
    insert.exec();
}

Result<void> LedgerTable::append(const LedgerEntry& entry, std::uint64_t subject) {
    TRY(key, keys_.key_of(subject));
    const auto position = last_position_ + ++unsettled_;
    const auto text = fmt::format("{}:{}{}", entry.customer.text.size(), entry.customer.text, entry.details);
    const Bytes details = seal(key, nonces_->numbered(position), associated_data(position), text);
    insert_->tryReset();
    bind_number(*insert_, 1, position);
    bind_number(*insert_, 2, entry.sequence);
    insert_->bind(3, static_cast<int>(entry.kind));
    insert_->bind(4, to_microseconds(entry.at));
    insert_->bindNoCopy(5, entry.name);
    bind_number(*insert_, 6, subject);
    bind_blob(*insert_, 7, details);
    insert_->exec();
    const auto kind = static_cast<std::uint64_t>(entry.kind);
    const auto at = static_cast<std::uint64_t>(to_microseconds(entry.at));
    unsettled_hash_ = next_in_series(series_key_, unsettled_hash_,
                                     line_bytes({position, entry.sequence, kind, at, subject}, entry.name, details));
    return {};
}

void LedgerTable::settle(bool is_committed) {
    if (unsettled_ == 0) return;
    if (is_committed) {
        last_position_ += unsettled_;
        hash_ = unsettled_hash_;
    } else {
        unsettled_hash_ = hash_;
        nonces_.emplace();  // a position is used again, a nonce never
    }
    unsettled_ = 0;
}

Result<void> LedgerTable::check() {
    const auto wanted = stored_hash(database_);
    if (wanted.empty()) return {};
    Sha256 hash{};
    SQLite::Statement select(database_,
                             "SELECT position, sequence, kind, at, subject, name, details FROM ledger "
                             "ORDER BY position");
    while (select.executeStep()) {
        const auto number = [&select](int column) { return number_in(select.getColumn(column)); };
        hash = next_in_series(series_key_, hash,
                              line_bytes({number(0), number(1), number(2), number(3), number(4)},
                                         select.getColumn(5).getString(), blob_of(select.getColumn(6))));
    }
    if (to_hex(hash) == wanted) return {};
    return fail(ErrorCode::corrupt, "lines of the ledger were changed, added or taken away",
                "segmentctl replay --verify names the first; restore the store from a backup");
}

Result<void> LedgerTable::read(const LedgerQuery& query, std::optional<std::uint64_t> subject, const Visitor& visit) {
    if (!exists_) return {};
    auto sql = fmt::format(
        "SELECT position, sequence, kind, at, name, subject, details FROM ledger WHERE {} "
        "ORDER BY position {}",
        condition_of(query, subject), query.newest_first ? "DESC" : "ASC");
    if (query.limit > 0) sql += fmt::format(" LIMIT {}", query.limit);
    SQLite::Statement select(database_, sql);
    bind_span(select, query.from, query.until);
    if (!query.name.empty()) select.bind(3, query.name);
    while (select.executeStep()) {
        const auto position = static_cast<std::uint64_t>(select.getColumn(0).getInt64());
        const auto damaged = [&] {
            return fail(ErrorCode::corrupt, fmt::format("line {} of the ledger is damaged", position),
                        "restore the store from a backup");
        };
        TRY(key, keys_.key_of(static_cast<std::uint64_t>(select.getColumn(5).getInt64())));
        const auto text = unseal(key, associated_data(position), blob_of(select.getColumn(6)));
        if (!text) return damaged();
        std::size_t length = 0;
        const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), length);
        const auto start = static_cast<std::size_t>(end - text->data()) + 1;
        if (error != std::errc() || start + length > text->size()) return damaged();
        LedgerEntry entry;
        entry.sequence = static_cast<std::uint64_t>(select.getColumn(1).getInt64());
        entry.kind = static_cast<LedgerKind>(select.getColumn(2).getInt());
        entry.at = from_microseconds(select.getColumn(3).getInt64());
        entry.name = select.getColumn(4).getString();
        entry.customer = CustomerId(text->substr(start, length));
        entry.details = text->substr(start + length);
        if (auto visited = visit(entry); !visited) return visited;
    }
    return {};
}

std::vector<SegmentFlow> LedgerTable::flows(Timestamp from, Timestamp until) {
    std::vector<SegmentFlow> flows;
    if (!exists_) return flows;
    SQLite::Statement select(database_,
                             "SELECT at / 86400000000, name, sum(kind = 1), sum(kind = 2) FROM ledger "
                             "WHERE at >= ? AND at < ? AND kind <= 2 GROUP BY 1, 2 ORDER BY 1, 2");
    bind_span(select, from, until);
    while (select.executeStep()) {
        flows.push_back({select.getColumn(0).getInt64(), select.getColumn(1).getString(),
                         select.getColumn(2).getInt64(), select.getColumn(3).getInt64()});
    }
    return flows;
}

std::vector<Migration> LedgerTable::migrations(Timestamp from, Timestamp until) {
    std::vector<Migration> found;
    if (!exists_) return found;
    SQLite::Statement select(
        database_,
        "WITH moves AS (SELECT sequence, at, subject, kind, name FROM ledger WHERE at >= ? AND at < ? AND kind <= 2) "
        "SELECT a.name, b.name, count(*) FROM moves a JOIN moves b ON a.sequence = b.sequence AND a.at = b.at "
        "AND a.subject = b.subject AND a.kind = 2 AND b.kind = 1 GROUP BY 1, 2 ORDER BY 1, 2");
    bind_span(select, from, until);
    while (select.executeStep()) {
        found.push_back(
            {select.getColumn(0).getString(), select.getColumn(1).getString(), select.getColumn(2).getInt64()});
    }
    return found;
}

}  // namespace segmentd::daemon
