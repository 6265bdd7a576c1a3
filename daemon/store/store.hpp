// The durable part of the daemon: the journal, the keys of its payloads, the rejects and the signed
// tree heads, all in one folder.
//
//   segmentd.db       journal, keys, rejects, access tokens (SQLite)
//   master.key        32 bytes that unwrap every other key; lost with it: every payload
//   signing.key       Ed25519 seed that tree heads are signed with
//   tree_heads.jsonl  what was signed
//   committed         how many records were committed, see CommitWitness
//   lock              who writes, see StoreLock
//
// A Store belongs to one thread at a time. A writer reads the whole journal once before its first
// commit; a new store needs no reading.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/ledger.hpp"
#include "base/merkle.hpp"
#include "base/records.hpp"
#include "base/result.hpp"
#include "daemon/store/ledger_query.hpp"
#include "daemon/store/reject.hpp"
#include "daemon/store/stored_token.hpp"
#include "daemon/store/tree_heads.hpp"

namespace segmentd::daemon {

struct ReadSummary {
    TreeHead head;            // head.size is the sequence of the last record
    Timestamp engine_time{};  // of the last record; the epoch where there is none
    std::uint64_t customers = 0;
};

class Store {
  public:
    enum class Mode { writer, reader };

    // A writer creates the folder (0700) and its files where they are missing and takes the lock:
    // Error{conflict} names the holder's URL. A reader takes no lock and changes no data; no store in
    // the folder is Error{not_found}, but a reader of an empty folder reads an empty store. A foreign
    // database is conflict, a newer format unsupported.
    static Result<Store> open(const std::filesystem::path& directory, Mode mode);

    static bool exists(const std::filesystem::path& directory);
    const std::filesystem::path& directory() const;

    // Takes a store away again that its writer has just made: its files, and the folder where nothing else is in it.
    static void remove(Store store);

    Store(Store&&) noexcept;
    Store& operator=(Store&&) noexcept;
    ~Store();

    // Tells those who find the lock held where the daemon answers: URLs, one a line. Writers only.
    Result<void> announce(std::string_view urls);

    // An Error of the visitor ends the reading and is returned.
    using Visitor = std::function<Result<void>(const Record&)>;

    // Reads and verifies the whole journal as it is now: hashes, decryption, order, that it continues
    // every signed tree head, and that the rows of tokens are what their records say. Records from this sequence on (1
    // is the first) are visited in order. Damage is Error{corrupt} naming the record's sequence.
    Result<ReadSummary> read_journal(std::uint64_t from_sequence, const Visitor& visit);

    // Visits the records from the first to the one before the end, each verified by itself. It may be
    // repeated at any time, inside a visitor too, and does not count as the reading before the first
    // commit.
    Result<void> read_records(std::uint64_t first, std::uint64_t end, const Visitor& visit);

    // Headers of the whole journal, in order, unverified and without decrypting: leaves for proofs.
    using HeaderVisitor = std::function<Result<void>(const RecordHeader&)>;
    Result<void> read_headers(const HeaderVisitor& visit);

    // Appends all of it or nothing, and returns when it is on the disk. Sequences must follow the last
    // record without a gap, engine times must not decrease. After an Error the store is as it was.
    // Lines of the ledger follow the records that brought them about; their customers are known by then.
    Result<void> commit(std::span<const Record> records, std::span<const Reject> rejects,
                        std::span<const LedgerEntry> ledger);
    Result<void> commit(std::span<const Record> records, std::span<const Reject> rejects) {
        return commit(records, rejects, {});
    }

    // Signs the current tree head and adds it to tree_heads.jsonl, synced; where nothing was added since
    // the last one, that one comes back. Writers only.
    Result<SignedTreeHead> sign_head();

    // Of the records committed or, for a reader, of those read last.
    TreeHead tree_head() const;
    std::uint64_t record_count() const;
    Timestamp engine_time() const;
    std::uint64_t customer_count() const;

    const std::string& store_id() const;  // 32 hexadecimal digits, drawn at creation
    const PublicKey& public_key() const;  // verifies this store's tree heads

    // Visits the lines of the ledger that the query asks for; of one customer where one is named. Both need the
    // journal to have been read, so that customers are known.
    using LedgerVisitor = std::function<Result<void>(const LedgerEntry&)>;
    Result<void> read_ledger(const LedgerQuery& query, const CustomerId& customer, const LedgerVisitor& visit);
    Result<std::vector<SegmentFlow>> segment_flows(Timestamp from, Timestamp until);
    Result<std::vector<Migration>> migrations(Timestamp from, Timestamp until);

    // Error{corrupt} where the ledger is not what was written, by its running hash.
    Result<void> check_ledger();

    // False for a store that was written before there was a ledger or its running hash. A writer who folds the journal
    // makes it whole by handing in all its lines, in as many calls as it likes; the last says so.
    bool has_whole_ledger() const;
    Result<void> rebuild_ledger(std::span<const LedgerEntry> lines, bool is_first, bool is_last);

    // The newest first.
    Result<std::vector<StoredReject>> rejects(std::size_t limit);

    // All rejects ever, by their reason. A reader sees those of its opening.
    const std::map<std::string, std::uint64_t>& reject_counts() const;

    // Rejects received from `from` on and before `until`, by their reason.
    Result<std::map<std::string, std::uint64_t>> reject_counts(Timestamp from, Timestamp until);

    // Stands for a customer in papers that leave the house: 32 hexadecimal digits, the same ones as long as
    // the store's master key is the same, and without that key nobody can tell whose they are.
    std::string pseudonym_of(const CustomerId& customer) const;

    // Every head that was signed, oldest first. read_journal() says whether they are the store's own.
    Result<std::vector<SignedTreeHead>> signed_heads() const;

    // The hash of an access token whose record (TokenRecord, created) is committed next; conflict where its name
    // is taken at this moment. forget_token: the record will not come. See tokens.hpp.
    Result<void> expect_token(const TokenRecord& token, const Sha256& hash, Timestamp now);
    void forget_token(const std::string& id);

    // Every token ever handed out, by the time of creation.
    Result<std::vector<StoredToken>> tokens();

  private:
    struct Parts;
    explicit Store(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

// not_found, with the way out.
Error no_store_in(const std::filesystem::path& directory);

// Decisions about events and their deliveries, oldest first: the newest `most` of them (0: all), about
// one customer or nobody where one is named, since a touch to a tester is about nobody.
Result<std::vector<LedgerEntry>> event_lines(Store& store, const CustomerId& customer, std::size_t most);

}  // namespace segmentd::daemon
