// The journal held against the tree heads that were signed over it. For store.cpp only.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/merkle.hpp"
#include "base/result.hpp"
#include "daemon/store/tree_heads.hpp"

namespace segmentd::daemon {

// Compares a growing tree with the heads that were signed while it grew before.
class HeadCheck {
  public:
    static Result<HeadCheck> load(const std::filesystem::path& file, const std::string& origin, const PublicKey& key);

    // Call at every size, 0 included.
    Result<void> compare(const MerkleTree& tree);

    // Call after the last record. Records without any head are damage: one is signed before the first record.
    Result<void> finish(const MerkleTree& tree) const;

    // The head of the largest size, if any.
    const std::optional<SignedTreeHead>& newest() const { return newest_; }

  private:
    std::string file_;
    std::vector<TreeHead> heads_;  // by size
    std::optional<SignedTreeHead> newest_;
    std::size_t compared_ = 0;
};

}  // namespace segmentd::daemon
