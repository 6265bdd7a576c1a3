#include "base/merkle.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>

namespace segmentd {
namespace {

// The largest power of two that is smaller than the size: where RFC 6962 splits a tree.
std::uint64_t split_point(std::uint64_t size);
void add_inclusion_path(std::span<const Sha256> leaves, std::uint64_t index, std::vector<Sha256>& path);

// Where a proof stands on its way up: a node of the tree and the last node of the same level.
struct Climb {
    std::uint64_t node;
    std::uint64_t last;

    bool is_at_root() const { return last == 0; }
    bool has_left_neighbour() const { return node % 2 == 1 || node == last; }
    void step_up();
    void skip_levels_without_left_neighbour();
};

}  // namespace

Sha256 leaf_hash(std::span<const std::uint8_t> bytes) {
    std::vector<std::uint8_t> input(bytes.size() + 1);
    std::copy(bytes.begin(), bytes.end(), input.begin() + 1);
    return sha256(input);
}

Sha256 node_hash(const Sha256& left, const Sha256& right) {
    std::array<std::uint8_t, 65> input;
    input[0] = 1;
    std::copy(left.begin(), left.end(), input.begin() + 1);
    std::copy(right.begin(), right.end(), input.begin() + 33);
    return sha256(input);
}

void MerkleTree::append(const Sha256& leaf) {
    Sha256 subtree = leaf;
    for (std::uint64_t rest = size_; rest % 2 == 1; rest /= 2) {
        subtree = node_hash(subtrees_.back(), subtree);
        subtrees_.pop_back();
    }
    subtrees_.push_back(subtree);
    ++size_;
}

Sha256 MerkleTree::root() const {
    if (subtrees_.empty()) return sha256(std::string_view());
    Sha256 root = subtrees_.back();
    for (auto left = subtrees_.rbegin() + 1; left != subtrees_.rend(); ++left) root = node_hash(*left, root);
    return root;
}

Sha256 merkle_root(std::span<const Sha256> leaves) {
    MerkleTree tree;
    for (const Sha256& leaf : leaves) tree.append(leaf);
    return tree.root();
}

InclusionProof inclusion_proof(std::span<const Sha256> leaves, std::uint64_t leaf_index) {
    assert(leaf_index < leaves.size() && "only a leaf of the tree can be proven");
    InclusionProof proof{.leaf_index = leaf_index, .tree_size = leaves.size(), .path = {}};
    add_inclusion_path(leaves, leaf_index, proof.path);
    return proof;
}

ConsistencyProof consistency_proof(std::span<const Sha256> leaves, std::uint64_t first_size) {
    assert(first_size > 0 && first_size <= leaves.size() && "a tree continues a shorter one that is not empty");
    ConsistencyProof proof{.first_size = first_size, .second_size = leaves.size(), .path = {}};
    bool is_whole_first_tree = true;
    while (first_size != leaves.size()) {
        const std::uint64_t split = split_point(leaves.size());
        if (first_size <= split) {
            proof.path.push_back(merkle_root(leaves.subspan(split)));
            leaves = leaves.first(split);
        } else {
            proof.path.push_back(merkle_root(leaves.first(split)));
            leaves = leaves.subspan(split);
            first_size -= split;
            is_whole_first_tree = false;
        }
    }
    if (!is_whole_first_tree) proof.path.push_back(merkle_root(leaves));
    std::reverse(proof.path.begin(), proof.path.end());
    return proof;
}

bool verify_inclusion(const InclusionProof& proof, const Sha256& leaf, const Sha256& root) {
    if (proof.leaf_index >= proof.tree_size) return false;
    Climb climb{.node = proof.leaf_index, .last = proof.tree_size - 1};
    Sha256 hash = leaf;
    for (const Sha256& neighbour : proof.path) {
        if (climb.is_at_root()) return false;
        if (climb.has_left_neighbour()) {
            hash = node_hash(neighbour, hash);
            climb.skip_levels_without_left_neighbour();
        } else {
            hash = node_hash(hash, neighbour);
        }
        climb.step_up();
    }
    return climb.is_at_root() && hash == root;
}

bool verify_consistency(const ConsistencyProof& proof, const Sha256& first_root, const Sha256& second_root) {
    if (proof.first_size == 0 || proof.first_size > proof.second_size) return false;
    if (proof.first_size == proof.second_size) return proof.path.empty() && first_root == second_root;
    if (proof.path.empty()) return false;

    Climb climb{.node = proof.first_size - 1, .last = proof.second_size - 1};
    while (climb.node % 2 == 1) climb.step_up();
    std::span<const Sha256> path = proof.path;
    Sha256 first = first_root;
    if (!std::has_single_bit(proof.first_size)) {
        first = path.front();
        path = path.subspan(1);
    }
    Sha256 second = first;
    for (const Sha256& neighbour : path) {
        if (climb.is_at_root()) return false;
        if (climb.has_left_neighbour()) {
            first = node_hash(neighbour, first);
            second = node_hash(neighbour, second);
            climb.skip_levels_without_left_neighbour();
        } else {
            second = node_hash(second, neighbour);
        }
        climb.step_up();
    }
    return climb.is_at_root() && first == first_root && second == second_root;
}

namespace {

std::uint64_t split_point(std::uint64_t size) {
    return std::bit_floor(size - 1);
}

void add_inclusion_path(std::span<const Sha256> leaves, std::uint64_t index, std::vector<Sha256>& path) {
    if (leaves.size() <= 1) return;
    const std::uint64_t split = split_point(leaves.size());
    const bool is_left = index < split;
    const auto own = is_left ? leaves.first(split) : leaves.subspan(split);
    const auto other = is_left ? leaves.subspan(split) : leaves.first(split);
    add_inclusion_path(own, is_left ? index : index - split, path);
    path.push_back(merkle_root(other));
}

void Climb::step_up() {
    node /= 2;
    last /= 2;
}

void Climb::skip_levels_without_left_neighbour() {
    while (node % 2 == 0 && node != 0) step_up();
}

}  // namespace
}  // namespace segmentd
