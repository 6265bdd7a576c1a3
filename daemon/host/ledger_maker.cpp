#include "daemon/host/ledger_maker.hpp"

#include <algorithm>
#include <span>

namespace segmentd::daemon {
namespace {

constexpr std::size_t lines_a_transaction = 50'000;

}  // namespace

void LedgerMaker::take(const Record& record, const Effects& effects) {
    if (is_needed_) std::ranges::move(ledger_entries(record, effects), std::back_inserter(lines_));
}

Result<void> LedgerMaker::finish() {
    if (!is_needed_) return store_.check_ledger();
    const std::span<const LedgerEntry> lines(lines_);
    std::size_t done = 0;
    do {
        const auto part = lines.subspan(done, std::min(lines_a_transaction, lines.size() - done));
        const bool is_last = done + part.size() == lines.size();
        if (auto written = store_.rebuild_ledger(part, done == 0, is_last); !written) return written;
        done += part.size();
    } while (done < lines.size());
    lines_.clear();
    is_needed_ = false;
    return {};
}

}  // namespace segmentd::daemon
