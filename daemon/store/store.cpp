#include "daemon/store/store.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <optional>

#include "daemon/store/files.hpp"
#include "daemon/store/head_check.hpp"
#include "daemon/store/store_parts.hpp"

namespace segmentd::daemon {
namespace {

// What a transaction adds to the state: new customers at once, the rest on keep(). Without keep() the
// new customers are taken back.
class PendingAppend {
  public:
    PendingAppend(JournalState& state, KeyRing& keys);
    PendingAppend(const PendingAppend&) = delete;
    PendingAppend& operator=(const PendingAppend&) = delete;
    ~PendingAppend();

    Result<void> add(const Record& record, JournalWriter& journal);
    void keep();

  private:
    std::uint64_t subject_of(const CustomerId& customer);

    JournalState& state_;
    KeyRing& keys_;
    const NonceSeries nonces_;
    MerkleTree tree_;
    Timestamp engine_time_;
    std::vector<std::string> new_customers_;
};

// Notes the customer's subject; false where the record lies under a key that is not its customer's.
bool is_under_own_key(JournalState& state, const Record& record, std::uint64_t subject);
Result<void> check_order(std::span<const Record> records, const JournalState& state);
Result<void> append_lines(LedgerTable& table, const JournalState& state, std::span<const LedgerEntry> lines);
tl::unexpected<Error> no_writer();
Result<void> check_end(const JournalState& state, std::uint64_t committed, const std::filesystem::path& directory);

// The same; damage says in which file.
Result<void> naming(const SQLite::Database& database, Result<void> result);

}  // namespace

Store::Store(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

const std::filesystem::path& Store::directory() const {
    return parts_->directory;
}

Result<void> Store::announce(std::string_view urls) {
    if (!parts_->lock) return no_writer();
    return parts_->lock->announce(urls);
}

Result<ReadSummary> Store::read_journal(std::uint64_t from_sequence, const Visitor& visit) {
    TRY(check, HeadCheck::load(parts_->heads_file(), parts_->identity.id, parts_->identity.public_key));
    TRY(committed, parts_->witness.records());
    JournalState state;
    std::vector<Record> tokens;
    const auto take_row = [&](const JournalRow& row) -> Result<void> {
        TRY(record, open_row(row, parts_->keys));
        if (!is_under_own_key(state, record, row.subject)) {
            return fail(ErrorCode::corrupt,
                        fmt::format("record {} is under the key of another customer", record.sequence));
        }
        state.tree.append(leaf_hash(header_bytes(row.header)));
        state.engine_time = record.engine_time;
        if (std::holds_alternative<TokenRecord>(record.payload)) tokens.push_back(record);
        if (auto compared = check.compare(state.tree); !compared) return compared;
        return record.sequence < from_sequence ? Result<void>() : visit(record);
    };
    auto read = guarded("read the journal", [&]() -> Result<void> {
        const SQLite::Transaction snapshot(*parts_->database);
        if (auto compared = check.compare(state.tree); !compared) return compared;
        if (auto scanned = scan_journal(*parts_->database, {}, take_row); !scanned) return scanned;
        state.next_subject = parts_->keys.next_subject();
        if (auto whole = check_end(state, committed, parts_->directory); !whole) return whole;
        if (auto finished = check.finish(state.tree); !finished) return finished;
        return parts_->tokens.check(tokens);
    });
    if (!read) return fail(naming(*parts_->database, std::move(read)).error());
    parts_->state = std::move(state);
    parts_->last_signed = check.newest();
    parts_->is_journal_read = true;
    keep_log_on_close(*parts_->database, false);
    return ReadSummary{tree_head(), engine_time(), customer_count()};
}

Result<void> Store::read_records(std::uint64_t first, std::uint64_t end, const Visitor& visit) {
    return guarded("read the journal", [&]() -> Result<void> {
        const bool inside_a_reading = sqlite3_get_autocommit(parts_->database->getHandle()) == 0;
        std::optional<SQLite::Transaction> snapshot;
        if (!inside_a_reading) snapshot.emplace(*parts_->database);
        return scan_journal(*parts_->database, {first, end}, [&](const JournalRow& row) -> Result<void> {
            TRY(record, open_row(row, parts_->keys));
            return visit(record);
        });
    });
}

Result<void> Store::read_headers(const HeaderVisitor& visit) {
    return guarded("read the journal", [&]() -> Result<void> {
        const SQLite::Transaction snapshot(*parts_->database);
        return scan_journal(*parts_->database, {}, [&](const JournalRow& row) { return visit(row.header); });
    });
}

Result<void> Store::commit(std::span<const Record> records, std::span<const Reject> rejects,
                           std::span<const LedgerEntry> ledger) {
    if (!parts_->lock) return no_writer();
    if (!parts_->is_journal_read) {
        return fail(ErrorCode::conflict, "the journal must be read before anything is appended to it");
    }
    if (auto ordered = check_order(records, parts_->state); !ordered) return ordered;
    if (!parts_->last_signed) {  // so that records without a signed head are always damage
        if (auto head = sign_head(); !head) return fail(head.error());
    }
    PendingAppend append(parts_->state, parts_->keys);
    auto committed = guarded("commit", [&]() -> Result<void> {
        SQLite::Transaction transaction(*parts_->database, SQLite::TransactionBehavior::IMMEDIATE);
        for (const Record& record : records) {
            if (auto added = append.add(record, parts_->journal); !added) return added;
        }
        if (auto added = append_lines(parts_->ledger, parts_->state, ledger); !added) return added;
        parts_->ledger.keep_hash();
        for (const Record& record : records) parts_->tokens.apply(record);
        parts_->rejects.append(rejects);
        transaction.commit();
        return {};
    });
    parts_->rejects.settle(committed.has_value());
    parts_->ledger.settle(committed.has_value());
    parts_->tokens.settle(committed.has_value());
    if (!committed) return committed;
    append.keep();
    parts_->witness.note(record_count());
    return {};
}

Result<void> Store::rebuild_ledger(std::span<const LedgerEntry> lines, bool is_first, bool is_last) {
    if (!parts_->lock) return no_writer();
    auto rebuilt = guarded("write the ledger", [&]() -> Result<void> {
        SQLite::Transaction transaction(*parts_->database, SQLite::TransactionBehavior::IMMEDIATE);
        if (is_first) parts_->ledger.clear();
        if (auto added = append_lines(parts_->ledger, parts_->state, lines); !added) return added;
        if (is_last) parts_->ledger.mark_whole();
        transaction.commit();
        return {};
    });
    parts_->ledger.settle(rebuilt.has_value());
    return rebuilt;
}

bool Store::has_whole_ledger() const {
    return parts_->ledger.is_whole();
}

Result<void> Store::check_ledger() {
    return naming(*parts_->database, guarded("read the ledger", [&]() -> Result<void> {
        const SQLite::Transaction snapshot(*parts_->database);
        return parts_->ledger.check();
    }));
}

Result<void> Store::read_ledger(const LedgerQuery& query, const CustomerId& customer, const LedgerVisitor& visit) {
    return naming(*parts_->database, guarded("read the ledger", [&]() -> Result<void> {
        if (customer.empty()) return parts_->ledger.read(query, std::nullopt, visit);
        const auto known = parts_->state.subjects.find(customer.text);
        const bool is_known = known != parts_->state.subjects.end();
        if (!is_known && !query.or_nobody) return {};
        return parts_->ledger.read(query, is_known ? known->second : workspace_subject, visit);
    }));
}

Result<std::vector<SegmentFlow>> Store::segment_flows(Timestamp from, Timestamp until) {
    return guarded("read the ledger",
                   [&]() -> Result<std::vector<SegmentFlow>> { return parts_->ledger.flows(from, until); });
}

Result<std::vector<Migration>> Store::migrations(Timestamp from, Timestamp until) {
    return guarded("read the ledger",
                   [&]() -> Result<std::vector<Migration>> { return parts_->ledger.migrations(from, until); });
}

Result<SignedTreeHead> Store::sign_head() {
    if (!parts_->lock) return no_writer();
    if (!parts_->is_journal_read)
        return fail(ErrorCode::conflict, "the journal must be read before its head is signed");
    auto& last = parts_->last_signed;
    if (!last || last->head != tree_head()) {
        SignedTreeHead head;
        head.origin = store_id();
        head.head = tree_head();
        head.engine_time = engine_time();
        head = sign(std::move(head), parts_->identity.signing_seed);
        if (auto appended = append_line(parts_->heads_file(), to_line(head)); !appended) {
            return fail(std::move(appended).error());
        }
        last = head;
    }
    return *last;
}

TreeHead Store::tree_head() const {
    return parts_->state.tree.head();
}
std::uint64_t Store::record_count() const {
    return parts_->state.tree.size();
}
Timestamp Store::engine_time() const {
    return parts_->state.engine_time;
}
std::uint64_t Store::customer_count() const {
    return parts_->state.subjects.size();
}
const std::string& Store::store_id() const {
    return parts_->identity.id;
}
const PublicKey& Store::public_key() const {
    return parts_->identity.public_key;
}

Result<std::vector<StoredReject>> Store::rejects(std::size_t limit) {
    return guarded("read the rejects", [&] { return parts_->rejects.newest(limit); });
}

const std::map<std::string, std::uint64_t>& Store::reject_counts() const {
    return parts_->rejects.counts();
}

Result<std::map<std::string, std::uint64_t>> Store::reject_counts(Timestamp from, Timestamp until) {
    return guarded("read the rejects", [&]() -> Result<std::map<std::string, std::uint64_t>> {
        return parts_->rejects.counts(from, until);
    });
}

std::string Store::pseudonym_of(const CustomerId& customer) const {
    return pseudonym(parts_->pseudonym_key, customer.text);
}

Result<std::vector<SignedTreeHead>> Store::signed_heads() const {
    return read_tree_heads(parts_->heads_file());
}

Result<void> Store::expect_token(const TokenRecord& token, const Sha256& hash, Timestamp now) {
    return guarded("read the tokens", [&] { return parts_->tokens.expect(token, hash, now); });
}
void Store::forget_token(const std::string& id) {
    parts_->tokens.forget(id);
}
Result<std::vector<StoredToken>> Store::tokens() {
    return guarded("read the tokens", [&]() -> Result<std::vector<StoredToken>> { return parts_->tokens.all(); });
}

namespace {

bool is_under_own_key(JournalState& state, const Record& record, std::uint64_t subject) {
    if (record.customer.empty()) return subject == workspace_subject;
    return state.subjects.try_emplace(record.customer.text, subject).first->second == subject;
}

Result<void> check_order(std::span<const Record> records, const JournalState& state) {
    std::uint64_t expected = state.tree.size() + 1;
    Timestamp latest = state.tree.size() == 0 ? beginning_of_time : state.engine_time;
    for (const Record& record : records) {
        if (record.sequence != expected) {
            return fail(ErrorCode::conflict,
                        fmt::format("record {} cannot follow record {}", record.sequence, expected - 1));
        }
        if (record.engine_time < latest) {
            return fail(ErrorCode::conflict,
                        fmt::format("the engine time of record {} is before the one of its predecessor", expected));
        }
        latest = record.engine_time;
        ++expected;
    }
    return {};
}

Result<void> append_lines(LedgerTable& table, const JournalState& state, std::span<const LedgerEntry> lines) {
    for (const auto& line : lines) {
        std::uint64_t subject = workspace_subject;
        if (!line.customer.empty()) {
            const auto known = state.subjects.find(line.customer.text);
            if (known == state.subjects.end()) {
                return fail(ErrorCode::conflict,
                            fmt::format("a line of record {} names a customer without a record", line.sequence));
            }
            subject = known->second;
        }
        if (auto added = table.append(line, subject); !added) return added;
    }
    return {};
}

Result<void> naming(const SQLite::Database& database, Result<void> result) {
    if (!result && result.error().code == ErrorCode::corrupt && result.error().where.file.empty())
        result.error().where.file = database.getFilename();
    return result;
}

Result<void> check_end(const JournalState& state, std::uint64_t committed, const std::filesystem::path& directory) {
    if (state.tree.size() >= committed) return {};
    Error error{.code = ErrorCode::corrupt,
                .message = fmt::format("the journal ends with record {}, but record {} was committed",
                                       state.tree.size(), committed),
                .where = {.file = file_of_last_commits(directory).string()},
                .rule = {},
                .hint = "restore the store from a backup, and keep the damaged folder"};
    return fail(std::move(error));
}

tl::unexpected<Error> no_writer() {
    return fail(ErrorCode::conflict, "the store is open for reading only", "open it for writing");
}

PendingAppend::PendingAppend(JournalState& state, KeyRing& keys)
    : state_(state), keys_(keys), tree_(state.tree), engine_time_(state.engine_time) {}

PendingAppend::~PendingAppend() {
    for (const std::string& customer : new_customers_) {
        keys_.forget(--state_.next_subject);
        state_.subjects.erase(customer);
    }
}

Result<void> PendingAppend::add(const Record& record, JournalWriter& journal) {
    const std::uint64_t subject = record.customer.empty() ? workspace_subject : subject_of(record.customer);
    TRY(key, keys_.key_of(subject));
    const JournalRow row = seal_record(record, subject, key, nonces_);
    journal.append(row);
    tree_.append(leaf_hash(header_bytes(row.header)));
    engine_time_ = record.engine_time;
    return {};
}

void PendingAppend::keep() {
    new_customers_.clear();
    state_.tree = std::move(tree_);
    state_.engine_time = engine_time_;
}

std::uint64_t PendingAppend::subject_of(const CustomerId& customer) {
    const auto known = state_.subjects.find(customer.text);
    if (known != state_.subjects.end()) return known->second;
    keys_.create(state_.next_subject);
    new_customers_.push_back(customer.text);
    state_.subjects.emplace(customer.text, state_.next_subject);
    return state_.next_subject++;
}

}  // namespace
}  // namespace segmentd::daemon
