// Signed tree heads: what the store has sworn to, in a file outside its database. Whoever keeps a
// copy can prove later that records were changed or cut off.
//
// A line of tree_heads.jsonl is canonical JSON with the members engine_time, origin, public_key,
// root, signature and size. The Ed25519 signature is over the canonical JSON of engine_time, origin,
// root and size alone.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/merkle.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"

namespace segmentd::daemon {

using PublicKey = std::array<std::uint8_t, 32>;
using SigningSeed = std::array<std::uint8_t, 32>;

struct SignedTreeHead {
    std::string origin;  // the store's id
    TreeHead head;
    Timestamp engine_time{};  // of the last record
    std::array<std::uint8_t, 64> signature{};
    PublicKey public_key{};
};

PublicKey public_key_of(const SigningSeed& seed);

// Fills in signature and public key.
SignedTreeHead sign(SignedTreeHead unsigned_head, const SigningSeed& seed);

// Was this head signed by the owner of this key? The key inside the head proves nothing by itself.
bool is_signed_by(const SignedTreeHead& head, const PublicKey& key);

// One line, without its end; and back (invalid where anything is missing or malformed).
std::string to_line(const SignedTreeHead& head);
Result<SignedTreeHead> parse_tree_head(std::string_view line);

// All whole lines of the file, in order; none where there is no file. A last line that a crash left
// unfinished does not count.
Result<std::vector<SignedTreeHead>> read_tree_heads(const std::filesystem::path& path);

}  // namespace segmentd::daemon
