// What a packet says of itself, as JSON in a form of its own: equal manifests are equal bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/zone.hpp"
#include "daemon/audit/quarter.hpp"

namespace segmentd::daemon {

inline constexpr int packet_format = 1;

struct ListedFile {
    std::string name;
    std::string sha256;
    std::uint64_t bytes = 0;
    std::uint64_t rows = 0;
};

struct Manifest {
    std::string program;      // the version of segmentd that drew the packet
    std::string workspace;    // its name; empty where the store holds none yet
    std::string definitions;  // their version
    std::string store;
    std::string public_key;
    Quarter quarter;
    std::string zone = "UTC";
    Timestamp state_at{};
    bool is_over = false;
    std::uint64_t records = 0;  // before the quarter's end
    std::uint64_t records_in_quarter = 0;
    std::uint64_t tree_size = 0;
    std::string tree_root;
    std::vector<ListedFile> files;
};

// Members in the order of the format, no white space, a line end.
std::string manifest_text(const Manifest& manifest);

// Reads what manifest_text wrote. Anything else is invalid, the same members in another form too; unsupported is a
// format that this program does not know.
Result<Manifest> parse_manifest(const std::string& text);

// Whether the quarter begins and ends at midnights of its zone. Where this system does not know the zone, at instants
// that are midnight somewhere: at most 14 hours from midnight in UTC, by whole quarters of an hour.
bool has_bounds_of(const Manifest& manifest);

}  // namespace segmentd::daemon
