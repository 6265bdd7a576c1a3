#include "daemon/audit/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <system_error>

#include "daemon/audit/manifest.hpp"
#include "daemon/audit/packet.hpp"
#include "daemon/audit/packet_reader.hpp"
#include "daemon/store/files.hpp"
#include "rules/expression/utf8.hpp"

namespace segmentd::daemon {
namespace {

namespace fs = std::filesystem;

// Where a check stopped: at this file, for this reason; or what it found where it did not stop.
struct Outcome {
    std::string file;
    std::string what;
    bool passed = true;
};

Outcome stop(std::string file, std::string what) {
    return {std::move(file), std::move(what), false};
}

// The checks in their order; each may use what the ones before it have read.
class Verification {
  public:
    Verification(fs::path folder, std::optional<PublicKey> key) : folder_(std::move(folder)), key_(key) {}

    Outcome manifest();
    Outcome files();
    Outcome tree();
    Outcome signatures();
    Outcome records();
    Outcome changes();
    Outcome memberships();

  private:
    Outcome listing() const;
    Outcome file(const ListedFile& listed) const;
    Outcome pilot_decisions() const;
    Outcome touches() const;
    Result<std::uint64_t> rows_in(const std::string& name, const std::string& bytes) const;
    Result<std::string> bytes_of(const std::string& name) const;

    fs::path folder_;
    std::optional<PublicKey> key_;
    Manifest manifest_;
    std::vector<RecordHeader> headers_;
    std::vector<SignedTreeHead> heads_;
};

struct Check {
    const char* name;
    Outcome (Verification::*run)();
};

// What every packet of this format lists.
constexpr std::array needed_files = {packet_file::index,    packet_file::headers, packet_file::heads, packet_file::head,
                                     "segments.csv",        "models.csv",         "playbooks.csv",    "pilots.csv",
                                     "endpoints.csv",       "metrics.csv",        "people.csv",       "objectives.csv",
                                     "changes.csv",         "reviews.csv",        "touches.csv",      "findings.csv",
                                     "pilot_decisions.csv", "memberships.csv",    "consents.csv",     "tokens.csv",
                                     "rejects.csv",         "records.csv"};

bool is_hash_line(const std::string& line);
bool is_plain_name(const std::string& name);
std::optional<std::int64_t> whole_number(const std::string& text);

}  // namespace

std::vector<PacketCheck> verify_packet(const fs::path& folder, const std::optional<PublicKey>& key) {
    const std::vector<Check> checks = {{"manifest", &Verification::manifest},
                                       {"files", &Verification::files},
                                       {"tree", &Verification::tree},
                                       {"signatures", &Verification::signatures},
                                       {"records", &Verification::records},
                                       {"changes", &Verification::changes},
                                       {"memberships", &Verification::memberships}};
    Verification verification(folder, key);
    std::vector<PacketCheck> done;
    for (const auto& check : checks) {
        auto outcome = (verification.*check.run)();
        done.push_back({check.name, outcome.passed, std::move(outcome.file), std::move(outcome.what)});
        if (!done.back().passed) break;
    }
    return done;
}

namespace {

Outcome Verification::manifest() {
    const auto text = bytes_of(packet_file::manifest);
    if (!text) return stop(packet_file::manifest, text.error().message);
    const auto said = bytes_of(packet_file::manifest_hash);
    if (!said) return stop(packet_file::manifest_hash, said.error().message);
    if (!is_hash_line(*said)) return stop(packet_file::manifest_hash, "is not written as sha256sum does");
    const auto hash = to_hex(sha256(*text));
    if (!said->starts_with(hash)) {
        return stop(packet_file::manifest, fmt::format("has another SHA-256 than {} says", packet_file::manifest_hash));
    }
    auto manifest = parse_manifest(*text);
    if (!manifest) return stop(packet_file::manifest, manifest.error().message);
    if (!has_bounds_of(*manifest)) return stop(packet_file::manifest, "has other bounds than its quarter");
    manifest_ = std::move(*manifest);
    return {{}, fmt::format("quarter {} of store {}, SHA-256 {}", manifest_.quarter.name, manifest_.store, hash)};
}

Outcome Verification::files() {
    if (auto listed = listing(); !listed.passed) return listed;
    for (const auto& listed : manifest_.files) {
        if (auto outcome = file(listed); !outcome.passed) return outcome;
    }
    return {{}, fmt::format("{} files have the hashes and rows that the manifest says", manifest_.files.size())};
}

// Exactly the files of the manifest, by name.
Outcome Verification::listing() const {
    std::set<std::string> expected{packet_file::manifest, packet_file::manifest_hash};
    for (const auto& listed : manifest_.files) {
        if (!is_plain_name(listed.name) || !expected.insert(listed.name).second) {
            return stop(packet_file::manifest, "lists a file twice, or one that is not in the folder itself");
        }
    }
    for (const char* needed : needed_files) {
        if (!expected.contains(needed)) return stop(packet_file::manifest, fmt::format("does not list {}", needed));
    }
    std::set<std::string> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder_, error)) {
        const auto name = entry.path().filename().string();
        if (!expected.contains(name)) return stop(name, "does not belong to the packet");
        if (!fs::is_regular_file(entry.symlink_status())) return stop(name, "is not a plain file");
        found.insert(name);
    }
    if (error) return stop(".", "cannot be listed: " + error.message());
    for (const auto& name : expected) {
        if (!found.contains(name)) return stop(name, "is missing");
    }
    return {};
}

Outcome Verification::file(const ListedFile& listed) const {
    const auto bytes = bytes_of(listed.name);
    if (!bytes) return stop(listed.name, bytes.error().message);
    if (to_hex(sha256(*bytes)) != listed.sha256) return stop(listed.name, "has another SHA-256");
    if (bytes->size() != listed.bytes) return stop(listed.name, fmt::format("has {} bytes", bytes->size()));
    if (listed.name != packet_file::headers && !rules::expression::is_utf8(*bytes)) {
        return stop(listed.name, "is not UTF-8");
    }
    const auto rows = rows_in(listed.name, *bytes);
    if (!rows) return stop(listed.name, rows.error().message);
    if (*rows != listed.rows) return stop(listed.name, fmt::format("has {} rows, not {}", *rows, listed.rows));
    return {};
}

Result<std::uint64_t> Verification::rows_in(const std::string& name, const std::string& bytes) const {
    if (name == packet_file::headers) return bytes.size() / 52;
    if (name == packet_file::heads) return static_cast<std::uint64_t>(std::ranges::count(bytes, '\n'));
    if (!name.ends_with(".csv")) return 1;
    TRY(table, read_paper(folder_ / name));
    if (to_csv(table) != bytes) return fail(ErrorCode::invalid, "is not written as papers are");
    return table.rows.size();
}

Result<std::string> Verification::bytes_of(const std::string& name) const {
    std::error_code ignored;
    const auto status = fs::symlink_status(folder_ / name, ignored);
    if (!fs::exists(status)) return fail(ErrorCode::not_found, "is missing");
    if (!fs::is_regular_file(status)) return fail(ErrorCode::invalid, "is not a plain file");
    return read_file(folder_ / name);
}

Outcome Verification::tree() {
    const auto bytes = bytes_of(packet_file::headers);
    auto headers = bytes ? parse_headers(*bytes) : Result<std::vector<RecordHeader>>(fail(bytes.error()));
    if (!headers) return stop(packet_file::headers, headers.error().message);
    headers_ = std::move(*headers);
    auto heads = read_tree_heads(folder_ / packet_file::heads);
    if (!heads || heads->empty()) return stop(packet_file::heads, "does not hold signed tree heads");
    heads_ = std::move(*heads);
    std::string lines;
    for (const auto& head : heads_) lines += to_line(head) + '\n';
    if (bytes_of(packet_file::heads).value_or("") != lines) {
        return stop(packet_file::heads, "is not written as tree heads are");
    }
    if (bytes_of(packet_file::head).value_or("") != to_line(heads_.back()) + '\n') {
        return stop(packet_file::head, fmt::format("is not the last line of {}", packet_file::heads));
    }
    MerkleTree tree;
    for (const auto& head : heads_) {
        if (head.head.size < tree.size() || head.head.size > headers_.size()) {
            return stop(packet_file::heads, fmt::format("a head of {} records is out of place", head.head.size));
        }
        while (tree.size() < head.head.size) tree.append(leaf_hash(header_bytes(headers_[tree.size()])));
        if (tree.root() != head.head.root) {
            return stop(packet_file::headers, fmt::format("the first {} do not have the signed root", tree.size()));
        }
    }
    if (tree.size() != headers_.size()) return stop(packet_file::headers, "go on after the signed tree head");
    if (manifest_.tree_size != tree.size() || manifest_.tree_root != to_hex(tree.root())) {
        return stop(packet_file::manifest, "names another tree head");
    }
    return {{}, fmt::format("{} headers without a gap have the root {}", tree.size(), manifest_.tree_root)};
}

Outcome Verification::signatures() {
    const auto& own = heads_.back().public_key;
    if (manifest_.public_key != to_hex(own)) return stop(packet_file::manifest, "names another public key");
    for (const auto& head : heads_) {
        if (head.origin != manifest_.store) return stop(packet_file::heads, "a head is of another store");
        if (!is_signed_by(head, key_.value_or(own))) {
            return stop(packet_file::heads,
                        fmt::format("the head of {} records is not signed by this key", head.head.size));
        }
    }
    return {{},
            fmt::format("{} tree heads signed by {}{}", heads_.size(), to_hex(key_.value_or(own)),
                        key_ ? "" : ", the packet's own key: compare it with the owner's")};
}

Outcome Verification::records() {
    const auto said = read_paper(folder_ / "records.csv");
    const auto counted = record_counts(manifest_.quarter, headers_);
    if (!said || said->columns != counted.table.columns || said->rows != counted.table.rows) {
        return stop("records.csv", "does not hold the counts of the headers");
    }
    const auto until_end = std::ranges::count_if(
        headers_, [&](const RecordHeader& header) { return header.engine_time < manifest_.quarter.until; });
    const auto in_quarter = std::ranges::count_if(
        headers_, [&](const RecordHeader& header) { return manifest_.quarter.holds(header.engine_time); });
    if (manifest_.records != static_cast<std::uint64_t>(until_end) ||
        manifest_.records_in_quarter != static_cast<std::uint64_t>(in_quarter)) {
        return stop(packet_file::manifest, "does not hold the counts of the headers");
    }
    const auto& [name, from, until] = manifest_.quarter;
    const auto last = headers_.empty() ? until : headers_.back().engine_time;
    const bool is_over_by_headers = last >= until;
    if (manifest_.state_at != (manifest_.is_over ? until - Duration(1) : last) ||
        (is_over_by_headers && !manifest_.is_over)) {
        return stop(packet_file::manifest, "tells of a state that the headers do not know");
    }
    return {
        {},
        fmt::format("{} records in the quarter, {} until its end, by type as the headers say", in_quarter, until_end)};
}

// Every change that the headers know, and no other.
Outcome Verification::changes() {
    const auto table = read_paper(folder_ / "changes.csv");
    if (!table) return stop("changes.csv", table.error().message);
    std::vector<std::array<std::string, 3>> expected;
    for (const auto& header : headers_) {
        if (!manifest_.quarter.holds(header.engine_time) || !is_change(header.type)) continue;
        expected.push_back({fmt::format("{}", header.sequence), to_text(header.engine_time), to_word(header.type)});
    }
    std::vector<std::array<std::string, 3>> said;
    for (auto& row : rows_of(*table)) said.push_back({row["sequence"], row["engine_time"], row["type"]});
    if (said != expected) return stop("changes.csv", "does not hold the changes that the headers know");
    if (auto told = pilot_decisions(); !told.passed) return told;
    if (auto told = touches(); !told.passed) return told;
    return {{}, fmt::format("all {} changes of the quarter are told", said.size())};
}

// Each is a record of its own.
Outcome Verification::pilot_decisions() const {
    const auto table = read_paper(folder_ / "pilot_decisions.csv");
    if (!table) return stop("pilot_decisions.csv", table.error().message);
    std::vector<std::array<std::string, 2>> expected, said;
    for (const auto& header : headers_) {
        if (!manifest_.quarter.holds(header.engine_time) || header.type != RecordType::pilot_decision) continue;
        expected.push_back({fmt::format("{}", header.sequence), to_text(header.engine_time)});
    }
    for (auto& row : rows_of(*table)) said.push_back({row["sequence"], row["engine_time"]});
    if (said == expected) return {};
    return stop("pilot_decisions.csv", "does not hold the decisions that the headers know");
}

// Each was decided within the quarter, at the time of its record or, by a timer, before it: then the record may be
// the one that follows the quarter.
Outcome Verification::touches() const {
    const auto table = read_paper(folder_ / "touches.csv");
    if (!table) return stop("touches.csv", table.error().message);
    for (auto& row : rows_of(*table)) {
        const auto sequence = whole_number(row["sequence"]);
        const auto at = parse_timestamp(row["engine_time"]);
        const auto number = static_cast<std::uint64_t>(sequence.value_or(0));
        const bool is_known = at && to_text(*at) == row["engine_time"] && manifest_.quarter.holds(*at) && number >= 1 &&
                              number <= manifest_.records + 1;
        if (!is_known || (number <= headers_.size() && *at > headers_[number - 1].engine_time)) {
            return stop("touches.csv", fmt::format("names record {} at another time", row["sequence"]));
        }
    }
    return {};
}

Outcome Verification::memberships() {
    const auto table = read_paper(folder_ / "memberships.csv");
    if (!table) return stop("memberships.csv", table.error().message);
    for (auto& row : rows_of(*table)) {
        const auto start = whole_number(row["at_start"]), entered = whole_number(row["entered"]),
                   left = whole_number(row["left"]), dropped = whole_number(row["dropped"]),
                   end = whole_number(row["at_end"]);
        if (!row.contains("segment") || !start || !entered || !left || !dropped || !end ||
            *start + *entered - *left - *dropped != *end) {
            return stop("memberships.csv", fmt::format("segment {} does not add up", row["segment"]));
        }
    }
    return {{}, fmt::format("{} segments add up", table->rows.size())};
}

// The line of manifest.sha256, whatever the hash.
bool is_hash_line(const std::string& line) {
    constexpr std::size_t digits = 64;
    return line.find_first_not_of("0123456789abcdef") == digits &&
           line.substr(digits) == fmt::format("  {}\n", packet_file::manifest);
}

bool is_plain_name(const std::string& name) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";
    return !name.empty() && name.front() != '.' && name.find_first_not_of(letters) == std::string::npos;
}

// A count or a sequence in its only form; nothing for any other text.
std::optional<std::int64_t> whole_number(const std::string& text) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || std::to_string(number) != text) return std::nullopt;
    return number;
}

}  // namespace
}  // namespace segmentd::daemon
