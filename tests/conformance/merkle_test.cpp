// The published proofs of an independent implementation of RFC 6962, those that hold and those
// that must be rejected.
#include "base/merkle.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <catch2/catch.hpp>
#include <iostream>
#include <optional>

#include "tests/published_vectors.hpp"

namespace segmentd {
namespace {

namespace json = boost::json;

using tests::Tally;

constexpr const char* vectors_name = "audit/merkle_rfc6962_vectors.json";

int digit_of_base64(char c) {
    static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return static_cast<int>(alphabet.find(c));
}

std::string from_base64(std::string_view text) {
    std::string bytes;
    unsigned bits = 0;
    int count = 0;
    for (const char c : text.substr(0, text.find('='))) {
        bits = (bits << 6) | static_cast<unsigned>(digit_of_base64(c));
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes += static_cast<char>((bits >> count) & 0xFF);
    }
    return bytes;
}

// Nothing where the bytes are no SHA-256: such a proof cannot even be stated, so it is rejected.
std::optional<Sha256> hash_of(const std::string& bytes) {
    Sha256 hash;
    if (bytes.size() != hash.size()) return std::nullopt;
    std::copy(bytes.begin(), bytes.end(), hash.begin());
    return hash;
}

std::optional<Sha256> hash_in(const json::value& value) {
    return hash_of(from_base64(value.is_string() ? std::string_view(value.get_string()) : std::string_view()));
}

// Some cases compare roots that are mere words ("dont care"). The hash of the word stands in for it: equal
// words stay equal, different ones different, and no proof leads to either.
Sha256 root_in(const json::value& value) {
    const std::string bytes = from_base64(value.as_string());
    return hash_of(bytes).value_or(sha256(bytes));
}

std::optional<std::vector<Sha256>> path_in(const json::value& value) {
    std::vector<Sha256> path;
    if (value.is_null()) return path;
    for (const auto& element : value.as_array()) {
        const auto hash = hash_in(element);
        if (!hash) return std::nullopt;
        path.push_back(*hash);
    }
    return path;
}

std::uint64_t number_in(const json::value& value) {
    return value.to_number<std::uint64_t>();
}

std::vector<std::uint8_t> bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

bool is_inclusion_accepted(const json::object& item) {
    const auto path = path_in(item.at("proof"));
    const auto leaf = hash_in(item.at("leafHash"));
    if (!path || !leaf) return false;
    const InclusionProof proof{number_in(item.at("leafIdx")), number_in(item.at("treeSize")), *path};
    return verify_inclusion(proof, *leaf, root_in(item.at("root")));
}

bool is_consistency_accepted(const json::object& item) {
    const auto path = path_in(item.at("proof"));
    if (!path) return false;
    const ConsistencyProof proof{number_in(item.at("size1")), number_in(item.at("size2")), *path};
    return verify_consistency(proof, root_in(item.at("root1")), root_in(item.at("root2")));
}

template <typename Accept>
Tally check_proofs(const json::value& section, Accept is_accepted) {
    Tally tally;
    for (const auto& entry : section.as_array()) {
        const json::object& item = entry.as_object();
        const std::string name = json::value_to<std::string>(item.at("source"));
        tally.count(is_accepted(item) != item.at("wantErr").as_bool(), name);
    }
    return tally;
}

Tally check_tree(const json::object& section) {
    Tally tally;
    MerkleTree tree;
    std::vector<Sha256> leaves;
    const auto& roots = section.at("root_hash_hex_by_tree_size").as_array();
    for (const auto& input : section.at("leaf_inputs_hex").as_array()) {
        leaves.push_back(leaf_hash(from_hex(input.as_string()).value()));
    }
    for (std::size_t size = 0; size < roots.size(); ++size) {
        const bool as_published =
            to_hex(tree.root()) == roots[size].as_string() && merkle_root(std::span(leaves).first(size)) == tree.root();
        tally.count(as_published, "root of a tree of " + std::to_string(size));
        if (size < leaves.size()) tree.append(leaves[size]);
    }
    return tally;
}

Tally check_hasher(const json::object& section) {
    Tally tally;
    for (const auto& entry : section.at("hasher").as_array()) {
        const json::object& item = entry.as_object();
        const std::string operation = json::value_to<std::string>(item.at("op"));
        Sha256 hash = MerkleTree().root();
        if (operation == "leaf") hash = leaf_hash(bytes_of(item.at("input_ascii").as_string()));
        if (operation == "node") {  // published for words, while node_hash takes hashes only
            const std::string both = "\x01" + json::value_to<std::string>(item.at("left_ascii")) +
                                     json::value_to<std::string>(item.at("right_ascii"));
            hash = sha256(both);
        }
        tally.count(to_hex(hash) == item.at("hex").as_string(), operation);
    }
    return tally;
}

TEST_CASE("the published trees and proofs of RFC 6962 are judged as published") {
    const auto text = tests::read_vectors(vectors_name);
    if (!text) return;
    const auto vectors = json::parse(*text).as_object();
    const auto section = [](const char* name) { return std::string(vectors_name) + ", " + name; };

    tests::report(section("tree"), check_tree(vectors.at("tree").as_object()));
    tests::report(section("hasher"), check_hasher(vectors.at("tree").as_object()));
    tests::report(section("inclusion"), check_proofs(vectors.at("inclusion"), is_inclusion_accepted));
    tests::report(section("consistency"), check_proofs(vectors.at("consistency"), is_consistency_accepted));
    std::cout << vectors_name << ", left out: the subtree sections, which belong to another draft than RFC 6962\n";
}

TEST_CASE("the published roots of the first trees of RFC 6962's reference test hold without the vectors") {
    MerkleTree tree;
    tree.append(leaf_hash(std::vector<std::uint8_t>()));
    CHECK(to_hex(tree.root()) == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    tree.append(leaf_hash(std::vector<std::uint8_t>{0}));
    CHECK(to_hex(tree.root()) == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
    tree.append(leaf_hash(std::vector<std::uint8_t>{0x10}));
    CHECK(to_hex(tree.root()) == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
}

}  // namespace
}  // namespace segmentd
