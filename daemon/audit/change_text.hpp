// What a record changed, in one line for an auditor.
#pragma once

#include <map>
#include <string>

#include "base/records.hpp"

namespace segmentd::daemon {

// Never names a customer. New definitions are told as the difference to the files that were in force.
std::string change_text(const Record& record, const std::map<std::string, std::string>& files_before);

}  // namespace segmentd::daemon
