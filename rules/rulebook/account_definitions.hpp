// The part of the definitions that is about accounts.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "rules/rulebook/rulebook.hpp"

namespace segmentd::rules {

// Takes the features and segments of accounts out of the definitions. What comes back are definitions in which the
// accounts are the customers: with the same version, signals, zones and governance, and their own profile.
Definitions take_out_accounts(Definitions& definitions);

// All definitions of the workspace together again.
Definitions with_accounts(const Rulebook& book);

// What conditions over these definitions may name, as record and field: {"feature", "orders"}.
std::vector<std::pair<std::string, std::string>> names_in_conditions(const Definitions& definitions);

}  // namespace segmentd::rules
