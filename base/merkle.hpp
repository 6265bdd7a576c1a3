// The Merkle tree of RFC 6962, section 2.1: a short root stands for a whole list of leaves, and
// short proofs show that a leaf is in it and that a longer list continues a shorter one.
//
// Numbers of leaves are counts; leaf indices count from 0.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/sha256.hpp"

namespace segmentd {

struct TreeHead {
    std::uint64_t size = 0;
    Sha256 root{};
    bool operator==(const TreeHead&) const = default;
};

// SHA-256(0x00 || bytes).
Sha256 leaf_hash(std::span<const std::uint8_t> bytes);

// SHA-256(0x01 || left || right).
Sha256 node_hash(const Sha256& left, const Sha256& right);

// A tree that only grows. It keeps one hash for each complete subtree (at most 64), so that
// copying it is cheap; it cannot make proofs.
class MerkleTree {
  public:
    void append(const Sha256& leaf);
    std::uint64_t size() const { return size_; }

    // The root of the empty tree is SHA-256 of no bytes.
    Sha256 root() const;
    TreeHead head() const { return {size_, root()}; }

    bool operator==(const MerkleTree&) const = default;

  private:
    std::uint64_t size_ = 0;
    std::vector<Sha256> subtrees_;  // complete subtrees, the largest first: one for each bit of size_
};

struct InclusionProof {
    std::uint64_t leaf_index = 0;
    std::uint64_t tree_size = 0;
    std::vector<Sha256> path;
};

struct ConsistencyProof {
    std::uint64_t first_size = 0;
    std::uint64_t second_size = 0;
    std::vector<Sha256> path;
};

// The root over all leaf hashes, computed anew.
Sha256 merkle_root(std::span<const Sha256> leaves);

// Proof that the leaf at the index is in the tree of all these leaves. The index must be below
// their number. Takes time proportional to their number.
InclusionProof inclusion_proof(std::span<const Sha256> leaves, std::uint64_t leaf_index);

// Proof that the tree of all these leaves continues the tree of the first first_size of them.
// first_size is from 1 to their number; equal sizes give an empty path.
ConsistencyProof consistency_proof(std::span<const Sha256> leaves, std::uint64_t first_size);

// RFC 9162, section 2.1.3.2. Any 64-bit size and index may be asked about; false for whatever does
// not prove the claim.
bool verify_inclusion(const InclusionProof& proof, const Sha256& leaf, const Sha256& root);

// RFC 9162, section 2.1.4.2. A first size of 0 is never proven (there is nothing to continue); equal
// sizes need equal roots and an empty path.
bool verify_consistency(const ConsistencyProof& proof, const Sha256& first_root, const Sha256& second_root);

}  // namespace segmentd
