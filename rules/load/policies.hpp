// What would work and is refused all the same, of definitions that somebody proposes. What a journal holds was
// proposed before, so it is never held against these.
#pragma once

#include "rules/definitions/definitions.hpp"
#include "rules/load/reading.hpp"

namespace segmentd::rules::load {

// Every name in the definitions must exist already. Refuses: a segment with two drift monitors; steps of escalation in
// two places, or not each later than the one before; a playbook that no segment and no arm uses; a metric that stands
// twice among the successes of a segment; a target that its metric can never reach; where the workspace agreed on
// objectives, a segment that serves none of them, or whose success is neither its own nor the objective's to tell; a
// fixed header that is not ASCII; and what protection.hpp refuses.
void check_policies(const Definitions& definitions, Reading& reading);

}  // namespace segmentd::rules::load
