// Opening and creating a store.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "base/sha256.hpp"
#include "daemon/store/files.hpp"
#include "daemon/store/store_parts.hpp"

namespace segmentd::daemon {
namespace {

struct Secrets {
    Key master{};
    SigningSeed signing_seed{};
};

Result<void> create_folder(const std::filesystem::path& directory);
bool was_in_use(const std::filesystem::path& directory);
Result<Secrets> load_secrets(const std::filesystem::path& directory, bool may_create);
Result<Key> load_secret(const std::filesystem::path& path, bool may_create);
void create_store(SQLite::Database& database, const Secrets& secrets);
Result<StoreIdentity> load_identity(SQLite::Database& database, const Secrets& secrets);
Result<std::string> meta_text(SQLite::Database& database, const char* name);
Result<void> check_names(SQLite::Database& database);

}  // namespace

Result<Store> Store::open(const std::filesystem::path& directory, Mode mode) {
    const bool is_writer = mode == Mode::writer;
    if (auto prepared = prepare_cryptography(); !prepared) return fail(std::move(prepared).error());
    std::optional<StoreLock> lock;
    if (is_writer) {
        if (auto created = create_folder(directory); !created) return fail(std::move(created).error());
        TRY(taken, StoreLock::take(directory));
        lock = std::move(taken);
    }
    std::error_code ignored;
    const bool is_empty_folder = !is_writer && std::filesystem::is_empty(directory, ignored) && !ignored;
    TRY(opened, is_empty_folder ? open_empty_database() : open_database(directory / "segmentd.db", is_writer));
    if (opened.is_empty && was_in_use(directory)) {
        return fail(ErrorCode::corrupt,
                    fmt::format("{} is empty, but the files beside it belong to a store",
                                file_of_last_commits(directory).string()),
                    "restore the store from a backup");
    }
    if (opened.is_empty && !is_writer && !is_empty_folder) return fail(no_store_in(directory));
    TRY(secrets, is_empty_folder ? Result<Secrets>(Secrets{random_key(), random_key()})
                                 : load_secrets(directory, opened.is_empty));
    return guarded("open " + (directory / "segmentd.db").string(), [&]() -> Result<Store> {
        if (opened.is_empty) create_store(*opened.database, secrets);
        for (const char* table : {"meta", "keys", "rejects"}) {  // the journal is read as a whole anyway
            if (auto checked = check_structure(*opened.database, table); !checked) return fail(checked.error());
        }
        if (auto known = check_names(*opened.database); !known) return fail(std::move(known).error());
        TRY(identity, load_identity(*opened.database, secrets));
        TRY(workspace_key, KeyRing(*opened.database, secrets.master).key_of(workspace_subject));
        auto parts =
            std::make_unique<Parts>(directory, std::move(opened.database), secrets.master, workspace_key, is_writer);
        parts->lock = std::move(lock);
        parts->identity = identity;
        parts->is_journal_read = opened.is_empty;
        if (opened.is_empty) keep_log_on_close(*parts->database, false);
        if (is_writer) parts->tokens.create();
        return Store(std::move(parts));
    });
}

void Store::remove(Store store) {
    const auto directory = store.parts_->directory;
    const auto lock = std::move(store.parts_->lock);  // held until the files are gone
    store.parts_.reset();
    std::error_code ignored;
    for (const char* name : {"segmentd.db", "segmentd.db-wal", "segmentd.db-shm", "master.key", "signing.key",
                             "tree_heads.jsonl", "lock", committed_file}) {
        std::filesystem::remove(directory / name, ignored);
    }
    std::filesystem::remove(directory, ignored);
}

bool Store::exists(const std::filesystem::path& directory) {
    std::error_code ignored;
    return std::filesystem::exists(directory / "segmentd.db", ignored);
}

std::filesystem::path file_of_last_commits(const std::filesystem::path& directory) {
    std::error_code error;
    const auto log = directory / "segmentd.db-wal";
    const bool is_used = std::filesystem::file_size(log, error) > 0 && !error;
    return is_used ? log : directory / "segmentd.db";
}

Error no_store_in(const std::filesystem::path& directory) {
    return {.code = ErrorCode::not_found,
            .message = fmt::format("there is no store in {}", directory.string()),
            .where = {},
            .rule = {},
            .hint = "segmentctl import and segmentd make one; or name another folder"};
}

namespace {

Result<void> create_folder(const std::filesystem::path& directory) {
    std::error_code error;
    const bool is_new = std::filesystem::create_directories(directory, error);
    if (!error && is_new) std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
    if (error) return fail(ErrorCode::io, fmt::format("cannot create {}: {}", directory.string(), error.message()));
    return {};
}

// True where a store has been written to before: a lost database must not be replaced by an empty one.
bool was_in_use(const std::filesystem::path& directory) {
    std::error_code error;
    return std::ranges::any_of(std::array{"tree_heads.jsonl", "token", committed_file},
                               [&](const char* name) { return std::filesystem::exists(directory / name, error); });
}

Result<Secrets> load_secrets(const std::filesystem::path& directory, bool may_create) {
    TRY(master, load_secret(directory / "master.key", may_create));
    TRY(signing_seed, load_secret(directory / "signing.key", may_create));
    return Secrets{master, signing_seed};
}

// Anybody but the owner has rights on it; false where there is nothing.
bool is_open_to_others(const std::filesystem::path& path) {
    using std::filesystem::perms;
    std::error_code error;
    const auto rights = std::filesystem::status(path, error).permissions();
    return !error && rights != perms::unknown && (rights & (perms::group_all | perms::others_all)) != perms::none;
}

// A secret is created with its store only: a lost one must not be replaced silently.
Result<Key> load_secret(const std::filesystem::path& path, bool may_create) {
    if (may_create && !std::filesystem::exists(path)) {
        const Key fresh = random_key();
        const std::string_view bytes(reinterpret_cast<const char*>(fresh.data()), fresh.size());
        if (auto written = write_secret_file(path, bytes); !written) return fail(std::move(written).error());
        return fresh;
    }
    auto bytes = read_file(path);
    if (!bytes) {
        bytes.error().hint = "without this file the store cannot be used: restore it from a backup";
        return fail(std::move(bytes).error());
    }
    if (is_open_to_others(path)) {
        return fail(ErrorCode::invalid, fmt::format("others than its owner have rights on {}", path.string()),
                    fmt::format("chmod 600 {}", path.string()));
    }
    Key key;
    if (bytes->size() != key.size()) {
        return fail(ErrorCode::corrupt, fmt::format("{} must have {} bytes", path.string(), key.size()),
                    "restore it from a backup");
    }
    std::copy(bytes->begin(), bytes->end(), key.begin());
    return key;
}

void create_store(SQLite::Database& database, const Secrets& secrets) {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    create_tables(database);
    const Key random = random_key();
    SQLite::Statement insert(database, "INSERT INTO meta(key, value) VALUES ('store_id', ?), ('public_key', ?)");
    insert.bind(1, to_hex(std::span(random).first(16)));
    insert.bind(2, to_hex(public_key_of(secrets.signing_seed)));
    insert.exec();
    KeyRing(database, secrets.master).create(workspace_subject);
    transaction.commit();
}

Result<StoreIdentity> load_identity(SQLite::Database& database, const Secrets& secrets) {
    StoreIdentity identity{
        .id = {}, .signing_seed = secrets.signing_seed, .public_key = public_key_of(secrets.signing_seed)};
    TRY(id, meta_text(database, "store_id"));
    TRY(public_key, meta_text(database, "public_key"));
    identity.id = id;
    if (public_key != to_hex(identity.public_key)) {
        return fail(ErrorCode::corrupt, "signing.key does not belong to this store",
                    "restore the signing.key that belongs to it");
    }
    return identity;
}

// A name that nobody writes stands for one that is damaged: what it named would be taken for something that an older
// store does not have yet.
Result<void> check_names(SQLite::Database& database) {
    SQLite::Statement unknown(database,
                              "SELECT 'table' FROM sqlite_schema WHERE type = 'table' AND "
                              "name NOT IN ('meta', 'keys', 'journal', 'rejects', 'ledger', 'tokens') "
                              "UNION ALL SELECT 'entry of the table meta' FROM meta WHERE key NOT IN ('store_id', "
                              "'public_key', 'ledger_hash')");
    if (!unknown.executeStep()) return {};
    return fail(
        ErrorCode::corrupt,
        fmt::format("{}: the name of a {} is damaged", database.getFilename(), unknown.getColumn(0).getString()),
        "restore the store from a backup");
}

Result<std::string> meta_text(SQLite::Database& database, const char* name) {
    SQLite::Statement select(database, "SELECT value FROM meta WHERE key = ?");
    select.bind(1, name);
    if (select.executeStep()) return select.getColumn(0).getString();
    return fail(ErrorCode::corrupt, fmt::format("the table meta of {} lacks '{}'", database.getFilename(), name),
                "restore the store from a backup");
}

}  // namespace
}  // namespace segmentd::daemon
