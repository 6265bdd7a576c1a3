#include <algorithm>

#include "daemon/store/store.hpp"

namespace segmentd::daemon {

Result<std::vector<LedgerEntry>> event_lines(Store& store, const CustomerId& customer, std::size_t most) {
    LedgerQuery query;
    query.kinds = {LedgerKind::event, LedgerKind::delivery};
    query.or_nobody = true;
    query.newest_first = true;
    query.limit = most;
    std::vector<LedgerEntry> lines;
    const auto read = store.read_ledger(query, customer, [&](const LedgerEntry& line) -> Result<void> {
        lines.push_back(line);
        return {};
    });
    if (!read) return fail(read.error());
    std::ranges::reverse(lines);
    return lines;
}

}  // namespace segmentd::daemon
