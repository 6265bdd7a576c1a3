// Protected attributes, their proxies and the signatures that allow to read them.
#pragma once

#include "rules/definitions/definitions.hpp"
#include "rules/load/reading.hpp"

namespace segmentd::rules::load {

// Every name in the definitions must exist already. Refuses a proxy that nothing answers to, an
// exception from what is not protected, and a signature of somebody who is neither steward nor
// approver. Whether conditions read what is protected is found when they are compiled.
void check_protection(const Definitions& definitions, Reading& reading);

}  // namespace segmentd::rules::load
