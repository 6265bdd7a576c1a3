// The papers of a quarter as a folder that a stranger can check without the daemon.
//
//   README.html        what each file is, how to check it, what it does not say
//   *.csv              the tables of papers.hpp
//   headers.bin        the header of every record, 52 bytes each, the very bytes that are hashed into the tree
//   tree_heads.jsonl   signed tree heads: the last one of each day until the covering one
//   head.json          the first signed tree head that covers the quarter's last record
//   manifest.json      the quarter, the store, and name, SHA-256, bytes and rows of every file above
//   manifest.sha256    the SHA-256 of manifest.json, as sha256sum writes it
//
// The same journal gives the same bytes, also when it has grown since.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "daemon/audit/papers.hpp"

namespace segmentd::daemon {

// The files that every packet has besides its papers; their names are part of the format.
namespace packet_file {
inline constexpr const char* index = "README.html";
inline constexpr const char* headers = "headers.bin";
inline constexpr const char* heads = "tree_heads.jsonl";
inline constexpr const char* head = "head.json";
inline constexpr const char* manifest = "manifest.json";
inline constexpr const char* manifest_hash = "manifest.sha256";
}  // namespace packet_file

struct PacketFile {
    std::string name;
    std::string what;
    std::string bytes;
    std::uint64_t rows = 0;
};

struct Packet {
    std::vector<PacketFile> files;  // in the order of the index; the manifest and its hash come last
    std::string workspace;          // its name; empty where the store holds none yet
    std::string quarter;
    bool is_over = true;
    Timestamp state_at{};
    std::uint64_t records = 0;             // before the quarter's end
    std::uint64_t records_in_quarter = 0;  // 0: an empty packet
    SignedTreeHead head;
    std::string manifest_sha256;
};

// conflict where no signed head covers a quarter that is over; of one that runs, the papers go as far as the last
// signed head. Reads only; `version` is the program's own.
Result<Packet> make_packet(Store& store, const Quarter& quarter, Timestamp wall_now, const std::string& version);

// Writes the packet beside the folder and moves it there when it is whole; the folder is its owner's alone (0700), its
// files too (0600). conflict where the folder is there
// and not empty, or something is left of an attempt that was cut off.
Result<void> write_packet(const Packet& packet, const std::filesystem::path& folder);

// The first head of at least so many records, and what of the others belongs into a packet with it.
Result<std::vector<SignedTreeHead>> heads_until_cover(const std::vector<SignedTreeHead>& heads, std::uint64_t records);

}  // namespace segmentd::daemon
