#include "daemon/store/database.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>

#include "daemon/store/files.hpp"
#include "daemon/store/store.hpp"
#include "daemon/store/upgrade.hpp"
#include "daemon/telemetry/log.hpp"

namespace segmentd::daemon {
namespace {

constexpr int busy_timeout_ms = 5000;

Result<bool> check_format(SQLite::Database& database, const std::filesystem::path& path, bool is_writer);
Result<void> upgrade_or_refuse(SQLite::Database& database, const std::filesystem::path& path, bool is_writer);
void tune_writer(SQLite::Database& database);

}  // namespace

Result<OpenDatabase> open_database(const std::filesystem::path& path, bool is_writer) {
    if (!is_writer && !std::filesystem::exists(path)) return fail(no_store_in(path.parent_path()));
    return guarded("open " + path.string(), [&]() -> Result<OpenDatabase> {
        const int flags = is_writer ? SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE : SQLite::OPEN_READONLY;
        if (is_writer) {  // SQLite would make a file that others can read
            TRY(made, FileHandle::open(path, O_RDWR | O_CREAT, 0600));
            static_cast<void>(made);
        }
        auto database = std::make_unique<SQLite::Database>(path.string(), flags, busy_timeout_ms);
        if (is_writer) keep_log_on_close(*database, true);
        TRY(is_empty, check_format(*database, path, is_writer));
        if (is_writer) tune_writer(*database);
        return OpenDatabase{std::move(database), is_empty};
    });
}

Result<void> check_structure(SQLite::Database& database, const std::string& table) {
    const std::string path = database.getFilename();
    return guarded(fmt::format("check the table {} of {}", table, path), [&]() -> Result<void> {
        const auto found = database.execAndGet("PRAGMA quick_check(" + table + ")").getString();
        if (found == "ok") return {};
        const std::string finding = found.substr(found.rfind('\n') + 1);  // the last of a list
        return fail(ErrorCode::corrupt, fmt::format("the table {} of {} is damaged: {}", table, path, finding),
                    "restore the store from a backup");
    });
}

void keep_log_on_close(SQLite::Database& database, bool is_kept) {
    ::sqlite3_db_config(database.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, is_kept ? 1 : 0, nullptr);
}

Result<OpenDatabase> open_empty_database() {
    return guarded("open an empty database", []() -> Result<OpenDatabase> {
        const int flags = SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE;
        return OpenDatabase{std::make_unique<SQLite::Database>(":memory:", flags), true};
    });
}

void create_tables(SQLite::Database& database) {
    database.exec(fmt::format("PRAGMA application_id = {}", store_application_id));
    database.exec(fmt::format("PRAGMA user_version = {}", store_format));
    database.exec("CREATE TABLE meta(key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT");
    database.exec("CREATE TABLE keys(subject INTEGER PRIMARY KEY, wrapped BLOB NOT NULL) STRICT");
    database.exec(
        "CREATE TABLE journal(sequence INTEGER PRIMARY KEY, type INTEGER NOT NULL, engine_time INTEGER NOT NULL, "
        "schema INTEGER NOT NULL, subject INTEGER NOT NULL, payload_hash BLOB NOT NULL, payload BLOB NOT NULL) STRICT");
    database.exec(
        "CREATE TABLE rejects(id INTEGER PRIMARY KEY, received_at INTEGER NOT NULL, source TEXT NOT NULL, "
        "reason TEXT NOT NULL, detail TEXT NOT NULL, payload BLOB NOT NULL) STRICT");
}

Error database_error(std::string_view work, const std::exception& exception) {
    Error error{.code = ErrorCode::io,
                .message = fmt::format("cannot {}: {}", work, exception.what()),
                .where = {},
                .rule = {},
                .hint = {}};
    std::ranges::replace_if(error.message, [](char c) { return c < ' ' || c > '~'; }, '?');
    const auto* from_sqlite = dynamic_cast<const SQLite::Exception*>(&exception);
    const int code = from_sqlite != nullptr ? from_sqlite->getErrorCode() : SQLITE_OK;
    const bool log_index_cannot_grow =
        from_sqlite != nullptr && from_sqlite->getExtendedErrorCode() == SQLITE_IOERR_SHMSIZE;
    if (code == SQLITE_FULL || log_index_cannot_grow) mark_disk_full(error);
    const bool lacks_what_is_ours = code == SQLITE_ERROR || code < 0;  // a table or column; a row
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB || lacks_what_is_ours) {
        error.code = ErrorCode::corrupt;
        error.hint = "restore the store from a backup";
    }
    return error;
}

std::span<const std::uint8_t> blob_of(const SQLite::Column& column) {
    const auto* bytes = static_cast<const std::uint8_t*>(column.getBlob());
    return {bytes, static_cast<std::size_t>(column.getBytes())};
}

void bind_blob(SQLite::Statement& statement, int index, std::span<const std::uint8_t> bytes) {
    statement.bindNoCopy(index, bytes.data(), static_cast<int>(bytes.size()));
}

void bind_number(SQLite::Statement& statement, int index, std::uint64_t number) {
    statement.bind(index, static_cast<std::int64_t>(number));
}

namespace {

// True where the database has no tables yet.
Result<bool> check_format(SQLite::Database& database, const std::filesystem::path& path, bool is_writer) {
    const int application = database.execAndGet("PRAGMA application_id").getInt();
    const int format = database.execAndGet("PRAGMA user_version").getInt();
    const int tables = database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt();
    if (tables == 0 && application == 0 && format == 0) return true;
    if (application != store_application_id) {
        return fail(ErrorCode::conflict, fmt::format("{} is a database of another program", path.string()),
                    "name a folder of its own for the store");
    }
    if (format == store_format) return false;
    if (auto upgraded = upgrade_or_refuse(database, path, is_writer); !upgraded) return fail(upgraded.error());
    return false;
}

Result<void> upgrade_or_refuse(SQLite::Database& database, const std::filesystem::path& path, bool is_writer) {
    const int format = database.execAndGet("PRAGMA user_version").getInt();
    const auto refuse = [&](std::string hint) {
        return fail(ErrorCode::unsupported,
                    fmt::format("{} has format {}; this program knows format {}", path.string(), format, store_format),
                    std::move(hint));
    };
    if (format > store_format) return refuse("use the version of segmentd that wrote it, or a newer one");
    if (!is_writer) {
        return refuse(
            "back it up with the version of segmentd that wrote it, then start this one: it upgrades the store");
    }
    auto upgraded = upgrade(database, format, upgrade_steps());
    if (upgraded) log_info("store", "the store was upgraded", LogField("from", format), LogField("to", store_format));
    return upgraded;
}

// A commit returns after its sync. Fewer checkpoints (every 16 MB) and a cache that holds the largest commit
// (64 MB) cost less writing.
void tune_writer(SQLite::Database& database) {
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = FULL");
    database.exec("PRAGMA wal_autocheckpoint = 4000");
    database.exec("PRAGMA cache_size = -65536");
}

}  // namespace
}  // namespace segmentd::daemon
