#include "daemon/audit/packet.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/sha256.hpp"
#include "daemon/audit/index_page.hpp"
#include "daemon/audit/manifest.hpp"

namespace segmentd::daemon {

namespace {

std::uint64_t largest(const std::vector<SignedTreeHead>& heads);
Result<std::vector<RecordHeader>> headers_until(Store& store, const TreeHead& head);
PacketFile headers_file(const std::vector<RecordHeader>& headers);
void add_heads(Packet& packet, const std::vector<SignedTreeHead>& heads);
void add_manifest(Packet& packet, const QuarterFold& fold, const std::string& version);

}  // namespace

Result<Packet> make_packet(Store& store, const Quarter& quarter, Timestamp wall_now, const std::string& version) {
    TRY(signed_heads, store.signed_heads());
    TRY(fold, QuarterFold::make(store, quarter, wall_now, largest(signed_heads)));
    TRY(heads, heads_until_cover(signed_heads, fold->records()));
    TRY(headers, headers_until(store, heads.back().head));
    TRY(events, event_papers(*fold, store));
    Packet packet;
    if (fold->engine().has_workspace())
        packet.workspace = fold->engine().population().book().definitions.workspace.name;
    packet.quarter = quarter.name;
    packet.is_over = fold->is_over();
    packet.state_at = fold->state_at();
    packet.records = fold->records();
    packet.records_in_quarter = static_cast<std::uint64_t>(std::ranges::count_if(
        headers, [&](const RecordHeader& header) { return fold->quarter().holds(header.engine_time); }));
    packet.head = heads.back();
    auto papers = population_papers(*fold);
    std::ranges::move(events, std::back_inserter(papers));
    papers.push_back(record_counts(fold->quarter(), headers));
    for (const auto& paper : papers) {
        packet.files.push_back({paper.file, paper.what, to_csv(paper.table), paper.table.rows.size()});
    }
    packet.files.push_back(headers_file(headers));
    add_heads(packet, heads);
    packet.files.insert(packet.files.begin(), {packet_file::index, "This page.", index_page(packet), 1});
    add_manifest(packet, *fold, version);
    return packet;
}

Result<std::vector<SignedTreeHead>> heads_until_cover(const std::vector<SignedTreeHead>& heads, std::uint64_t records) {
    std::vector<SignedTreeHead> chosen;
    for (const auto& head : heads) {
        if (head.head.size == 0) continue;
        const bool is_same_day =
            !chosen.empty() && day_number(chosen.back().engine_time) == day_number(head.engine_time);
        if (is_same_day) chosen.pop_back();
        chosen.push_back(head);
        if (head.head.size >= records) return chosen;
    }
    return fail(ErrorCode::conflict, "the store has no signed tree head yet",
                "the daemon signs one a minute and when it ends; try again after that");
}

namespace {

std::uint64_t largest(const std::vector<SignedTreeHead>& heads) {
    std::uint64_t size = 0;
    for (const auto& head : heads) size = std::max(size, head.head.size);
    return size;
}

// Headers are read without their payloads; here they are held against the signed root.
Result<std::vector<RecordHeader>> headers_until(Store& store, const TreeHead& head) {
    std::vector<RecordHeader> headers;
    MerkleTree tree;
    const auto read = store.read_headers([&](const RecordHeader& header) -> Result<void> {
        if (headers.size() == head.size) return {};
        tree.append(leaf_hash(header_bytes(header)));
        headers.push_back(header);
        return {};
    });
    if (!read) return fail(read.error());
    if (tree.head() != head) {
        return fail(ErrorCode::corrupt, fmt::format("the headers do not give the signed root of {} records", head.size),
                    "restore the store from a backup");
    }
    return headers;
}

PacketFile headers_file(const std::vector<RecordHeader>& headers) {
    std::string bytes;
    bytes.reserve(headers.size() * 52);
    for (const auto& header : headers) {
        const auto leaf = header_bytes(header);
        bytes.append(leaf.begin(), leaf.end());
    }
    return {packet_file::headers, "The header of every record until the signed tree head, 52 bytes each.",
            std::move(bytes), headers.size()};
}

void add_heads(Packet& packet, const std::vector<SignedTreeHead>& heads) {
    std::string lines;
    for (const auto& head : heads) lines += to_line(head) + '\n';
    packet.files.push_back({packet_file::heads, "Signed tree heads, the last one of each day, one a line.",
                            std::move(lines), heads.size()});
    packet.files.push_back({packet_file::head, "The signed tree head that covers the quarter's last record.",
                            to_line(heads.back()) + '\n', 1});
}

void add_manifest(Packet& packet, const QuarterFold& fold, const std::string& version) {
    Manifest manifest{.program = version,
                      .workspace = packet.workspace,
                      .definitions = {},
                      .store = packet.head.origin,
                      .public_key = to_hex(packet.head.public_key),
                      .quarter = fold.quarter(),
                      .state_at = packet.state_at,
                      .is_over = packet.is_over,
                      .records = packet.records,
                      .records_in_quarter = packet.records_in_quarter,
                      .tree_size = packet.head.head.size,
                      .tree_root = to_hex(packet.head.head.root),
                      .files = {}};
    if (fold.engine().has_workspace()) {
        const auto& definitions = fold.engine().population().book().definitions;
        manifest.definitions = definitions.version;
        manifest.zone = definitions.workspace.zone;
    }
    for (const auto& file : packet.files) {
        manifest.files.push_back({file.name, to_hex(sha256(file.bytes)), file.bytes.size(), file.rows});
    }
    auto text = manifest_text(manifest);
    packet.manifest_sha256 = to_hex(sha256(text));
    auto hash_line = fmt::format("{}  {}\n", packet.manifest_sha256, packet_file::manifest);
    packet.files.push_back({packet_file::manifest, "", std::move(text), 1});
    packet.files.push_back({packet_file::manifest_hash, "", std::move(hash_line), 1});
}

}  // namespace
}  // namespace segmentd::daemon
