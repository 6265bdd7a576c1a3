// What an open Store consists of. For store.cpp and store_open.cpp only.
#pragma once

#include <optional>
#include <unordered_map>

#include "daemon/store/commit_witness.hpp"
#include "daemon/store/database.hpp"
#include "daemon/store/journal.hpp"
#include "daemon/store/key_ring.hpp"
#include "daemon/store/ledger_table.hpp"
#include "daemon/store/rejects.hpp"
#include "daemon/store/store.hpp"
#include "daemon/store/store_lock.hpp"
#include "daemon/store/tokens.hpp"

namespace segmentd::daemon {

// What the journal's records so far amount to.
struct JournalState {
    MerkleTree tree;
    Timestamp engine_time{};
    std::unordered_map<std::string, std::uint64_t> subjects;  // customer -> subject of its key
    std::uint64_t next_subject = workspace_subject + 1;
};

struct StoreIdentity {
    std::string id;
    SigningSeed signing_seed{};
    PublicKey public_key{};
};

inline constexpr const char* committed_file = "committed";

// Where the last commits lie: in the log beside the database, or in the database itself.
std::filesystem::path file_of_last_commits(const std::filesystem::path& directory);

struct Store::Parts {
    Parts(std::filesystem::path folder, std::unique_ptr<SQLite::Database> opened, const Key& master,
          const Key& workspace, bool is_writer)
        : directory(std::move(folder)),
          database(std::move(opened)),
          keys(*database, master),
          pseudonym_key(pseudonym_key_of(master)),
          journal(*database),
          rejects(*database, workspace),
          ledger(*database, keys, series_key_of(master), is_writer),
          tokens(*database),
          witness(directory / committed_file) {}

    std::filesystem::path heads_file() const { return directory / "tree_heads.jsonl"; }

    std::filesystem::path directory;
    std::optional<StoreLock> lock;  // writers only
    std::unique_ptr<SQLite::Database> database;
    StoreIdentity identity;
    KeyRing keys;
    Key pseudonym_key{};
    JournalWriter journal;
    RejectTable rejects;
    LedgerTable ledger;
    TokenTable tokens;
    CommitWitness witness;
    JournalState state;
    std::optional<SignedTreeHead> last_signed;
    bool is_journal_read = false;
};

}  // namespace segmentd::daemon
