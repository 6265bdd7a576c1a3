#include "daemon/commands/ledger_check.hpp"

#include <fmt/format.h>

#include "daemon/engine/ledger/ledger.hpp"

namespace segmentd::daemon {
namespace {

std::string take_segment_version(LedgerEntry& entry);
Sha256 hash_of(const LedgerEntry& entry);
tl::unexpected<Error> differs(std::uint64_t sequence, std::string_view what);

}  // namespace

void LedgerCheck::take(const Record& record, const Effects& effects) {
    for (auto& entry : ledger_entries(record, effects)) {
        auto version = take_segment_version(entry);
        folded_.push_back({entry.sequence, hash_of(entry), std::move(version)});
    }
}

Result<void> LedgerCheck::compare(Store& store) {
    if (!store.has_whole_ledger()) return {};
    std::size_t next = 0;
    const auto last_record = store.record_count();
    const auto read = store.read_ledger({}, {}, [&](const LedgerEntry& entry) -> Result<void> {
        if (entry.sequence > last_record && next == folded_.size()) return {};
        if (next == folded_.size()) return differs(entry.sequence, "has a line that the journal does not give");
        const auto& line = folded_[next++];
        auto rest = entry;
        const auto version = take_segment_version(rest);
        const bool is_same_version = version.empty() || version == line.segment_version;
        if (is_same_version && entry.sequence == line.sequence && hash_of(rest) == line.hash) return {};
        return differs(std::min(entry.sequence, line.sequence), "has a line that is not what the journal gives");
    });
    if (!read) return fail(read.error());
    if (next < folded_.size()) return differs(folded_[next].sequence, "lacks a line that the journal gives");
    compared_ = static_cast<std::int64_t>(next);
    return store.check_ledger();
}

namespace {

// Lines that an older segmentd wrote do not have it; the rest of theirs must be what the journal gives all the same.
std::string take_segment_version(LedgerEntry& entry) {
    static constexpr std::string_view name = R"("segment_version":")";
    const auto start = entry.details.find(name);
    if (start == std::string::npos) return {};
    const auto end = entry.details.find('"', start + name.size());
    auto version = entry.details.substr(start + name.size(), end - start - name.size());
    entry.details.erase(start, end + 2 - start);
    return version;
}

Sha256 hash_of(const LedgerEntry& entry) {
    return sha256(fmt::format("{} {} {} {}:{} {}:{} {}", entry.sequence, static_cast<int>(entry.kind),
                              to_microseconds(entry.at), entry.name.size(), entry.name, entry.customer.text.size(),
                              entry.customer.text, entry.details));
}

tl::unexpected<Error> differs(std::uint64_t sequence, std::string_view what) {
    return fail({.code = ErrorCode::corrupt,
                 .message = fmt::format("the ledger {}, at record {}", what, sequence),
                 .where = {.file = "segmentd.db"},
                 .rule = {},
                 .hint = "restore the store from a backup"});
}

}  // namespace
}  // namespace segmentd::daemon
