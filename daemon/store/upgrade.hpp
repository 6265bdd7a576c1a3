// From the format of an older store to the one of this program.
//
// A change of the format adds a step at the end of the list and raises store_format; a step that was
// released is never changed. Tables that only repeat the journal may be left empty by their step and filled
// by the next reading.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "daemon/store/database.hpp"

namespace segmentd::daemon {

struct UpgradeStep {
    int format = 0;                                // the format that this step makes out of the one before
    std::string adds;                              // in words: "a table of ..."
    std::function<void(SQLite::Database&)> apply;  // throws what SQLite throws
};

// The steps of this program, from format 1 on: the first makes format 2.
const std::vector<UpgradeStep>& upgrade_steps();

// Brings the database from its format to the last step's in one transaction: after an Error or a crash it
// has the old format and the old content. unsupported where no step leads on from its format.
Result<void> upgrade(SQLite::Database& database, int format, const std::vector<UpgradeStep>& steps);

}  // namespace segmentd::daemon
