// Who speaks of accounts may: the workspace knows them, and nothing of customers names one.
#pragma once

#include "rules/definitions/definitions.hpp"
#include "rules/load/reading.hpp"

namespace segmentd::rules::load {

// Refuses features, segments and sources of accounts in a workspace that has no account_profile, and families, pilots,
// models and monitors that name a feature or a segment of accounts. All names are known to be declared.
void check_accounts(const Definitions& definitions, Reading& reading);

}  // namespace segmentd::rules::load
