#include "base/merkle.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <string>

namespace segmentd {
namespace {

std::vector<Sha256> numbered_leaves(std::uint8_t count) {
    std::vector<Sha256> leaves;
    for (std::uint8_t i = 0; i < count; ++i) leaves.push_back(leaf_hash(std::vector<std::uint8_t>{i}));
    return leaves;
}

// The definition of RFC 6962, section 2.1, word for word: slow and obvious.
Sha256 defined_root(std::span<const Sha256> leaves) {
    if (leaves.empty()) return sha256(std::string_view());
    if (leaves.size() == 1) return leaves.front();
    std::size_t split = 1;
    while (split * 2 < leaves.size()) split *= 2;
    return node_hash(defined_root(leaves.first(split)), defined_root(leaves.subspan(split)));
}

TEST_CASE("the root of the empty tree is the hash of no bytes") {
    CHECK(to_hex(MerkleTree().root()) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("leaves and nodes are hashed with different prefixes") {
    const std::vector<std::uint8_t> nothing;

    CHECK(to_hex(leaf_hash(nothing)) == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    CHECK(node_hash(Sha256{}, Sha256{}) != leaf_hash(std::vector<std::uint8_t>(64)));
}

TEST_CASE("a growing tree has the root that the definition gives, at every size") {
    const auto leaves = numbered_leaves(130);
    MerkleTree tree;

    for (std::size_t size = 0; size <= leaves.size(); ++size) {
        CHECK(tree.head() == TreeHead{size, defined_root(std::span(leaves).first(size))});
        if (size < leaves.size()) tree.append(leaves[size]);
    }
}

TEST_CASE("the seven leaves of RFC 6962, section 2.1.3, have the paths that are printed there") {
    const auto d = numbered_leaves(7);
    const Sha256 g = node_hash(d[0], d[1]), h = node_hash(d[2], d[3]), i = node_hash(d[4], d[5]), j = d[6];
    const Sha256 k = node_hash(g, h), l = node_hash(i, j);

    CHECK(merkle_root(d) == node_hash(k, l));
    CHECK(inclusion_proof(d, 0).path == std::vector{d[1], h, l});
    CHECK(inclusion_proof(d, 3).path == std::vector{d[2], g, l});
    CHECK(inclusion_proof(d, 4).path == std::vector{d[5], j, k});
    CHECK(inclusion_proof(d, 6).path == std::vector{i, k});
    CHECK(consistency_proof(d, 3).path == std::vector{d[2], d[3], g, l});
    CHECK(consistency_proof(d, 4).path == std::vector{l});
    CHECK(consistency_proof(d, 6).path == std::vector{i, j, k});
    CHECK(consistency_proof(d, 7).path.empty());
}

TEST_CASE("every leaf of every small tree is provable, and for no other leaf, place or root") {
    const auto all = numbered_leaves(20);

    for (std::size_t size = 1; size <= all.size(); ++size) {
        const auto leaves = std::span(all).first(size);
        const Sha256 root = merkle_root(leaves);
        for (std::uint64_t index = 0; index < size; ++index) {
            InclusionProof proof = inclusion_proof(leaves, index);
            CHECK(verify_inclusion(proof, leaves[index], root));
            CHECK_FALSE(verify_inclusion(proof, leaf_hash(std::vector<std::uint8_t>{99}), root));
            CHECK_FALSE(verify_inclusion(proof, leaves[index], Sha256{}));
            proof.path.push_back(root);
            CHECK_FALSE(verify_inclusion(proof, leaves[index], root));
            proof.path.pop_back();
            proof.leaf_index = size;
            CHECK_FALSE(verify_inclusion(proof, leaves[index], root));
        }
    }
}

TEST_CASE("every longer tree proves that it continues every shorter one, and no other") {
    const auto all = numbered_leaves(20);

    for (std::size_t second = 1; second <= all.size(); ++second) {
        const Sha256 second_root = merkle_root(std::span(all).first(second));
        for (std::size_t first = 1; first <= second; ++first) {
            const Sha256 first_root = merkle_root(std::span(all).first(first));
            ConsistencyProof proof = consistency_proof(std::span(all).first(second), first);
            CHECK(verify_consistency(proof, first_root, second_root));
            CHECK_FALSE(verify_consistency(proof, Sha256{}, second_root));
            CHECK_FALSE(verify_consistency(proof, first_root, Sha256{}));
            proof.path.push_back(first_root);
            CHECK_FALSE(verify_consistency(proof, first_root, second_root));
        }
    }
}

TEST_CASE("sizes up to the largest 64-bit number are answered, not computed with") {
    const auto leaves = numbered_leaves(2);
    const auto largest = std::numeric_limits<std::uint64_t>::max();

    CHECK_FALSE(verify_inclusion({largest - 1, largest, leaves}, leaves[0], leaves[1]));
    CHECK_FALSE(verify_inclusion({largest, largest, {}}, leaves[0], leaves[0]));
    CHECK_FALSE(verify_consistency({largest - 1, largest, leaves}, leaves[0], leaves[1]));
    CHECK_FALSE(verify_consistency({std::uint64_t{1} << 63, largest, {}}, leaves[0], leaves[0]));
    CHECK_FALSE(verify_consistency({0, 0, {}}, leaves[0], leaves[0]));
}

}  // namespace
}  // namespace segmentd
