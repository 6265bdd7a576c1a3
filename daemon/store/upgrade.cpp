#include "daemon/store/upgrade.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace segmentd::daemon {

const std::vector<UpgradeStep>& upgrade_steps() {
    static const std::vector<UpgradeStep> steps;
    return steps;
}

Result<void> upgrade(SQLite::Database& database, int format, const std::vector<UpgradeStep>& steps) {
    const auto first = std::ranges::find(steps, format + 1, &UpgradeStep::format);
    if (first == steps.end()) {
        return fail(ErrorCode::unsupported, fmt::format("no way leads on from format {} of the store", format),
                    "start an older version of segmentd on it first, which upgrades it a part of the way");
    }
    return guarded(fmt::format("upgrade the store from format {}", format), [&]() -> Result<void> {
        SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
        for (auto step = first; step != steps.end(); ++step) step->apply(database);
        database.exec(fmt::format("PRAGMA user_version = {}", steps.back().format));
        transaction.commit();
        return {};
    });
}

}  // namespace segmentd::daemon
