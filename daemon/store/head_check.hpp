// The journal held against the tree heads that were signed over it. For store.cpp only.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/merkle.hpp"
#include "base/result.hpp"
#include "daemon/store/database.hpp"
#include "daemon/store/tree_heads.hpp"

namespace segmentd::daemon {

// Compares a growing tree with the heads that were signed while it grew before.
class HeadCheck {
  public:
    static Result<HeadCheck> load(const std::filesystem::path& file, const std::string& origin, const PublicKey& key);

    // Call at every size, 0 included.
    Result<void> compare(const MerkleTree& tree);

    // Call after the last record. No head at all is damage where the database says that some were signed.
    Result<void> finish(const MerkleTree& tree, SQLite::Database& database) const;

    // The head of the largest size, if any.
    const std::optional<SignedTreeHead>& newest() const { return newest_; }

  private:
    std::string file_;
    std::vector<TreeHead> heads_;  // by size
    std::optional<SignedTreeHead> newest_;
    std::size_t compared_ = 0;
};

// Notes in the database that heads were signed, so that the loss of their file is found. Repeating it writes nothing.
Result<void> note_signed_heads(SQLite::Database& database);

}  // namespace segmentd::daemon
