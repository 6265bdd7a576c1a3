// Checks an audit packet as a stranger would: with the folder alone, without store and network.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "daemon/store/tree_heads.hpp"

namespace segmentd::daemon {

struct PacketCheck {
    std::string name;  // "manifest", "files", "tree", ...
    bool passed = false;
    std::string file;  // the first that does not match, where it failed
    std::string what;  // what was found, in a sentence
};

// All checks in their order, or those until the first that failed. With a key, the tree heads must be signed with
// this one; without, with the one that the manifest names, which proves only that the packet is consistent.
std::vector<PacketCheck> verify_packet(const std::filesystem::path& folder, const std::optional<PublicKey>& key);

}  // namespace segmentd::daemon
