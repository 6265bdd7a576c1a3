// What must agree between definitions that are each right alone.
#pragma once

#include "rules/definitions/definitions.hpp"
#include "rules/load/reading.hpp"

namespace segmentd::rules::load {

// Every name in the definitions must exist already. Refuses: a source that gives a property its
// signal does not have, or leaves a required one out; an attribute that the workspace does not
// declare; an imported assignment to a pilot that assigns by itself; a touch to an endpoint that takes none; an amount
// in a currency that is not the workspace's.
void check_agreement(const Definitions& definitions, Reading& reading);

// What would work and is refused all the same, of definitions that somebody proposes: a segment with two drift
// monitors; a playbook that no segment and no arm uses; a verdict or an end of observation that comes before the last
// customer to join has the whole window of its metrics; where the workspace agreed on objectives, a segment that serves
// none of them, or whose success is neither its own nor the objective's to tell; and what protection.hpp refuses.
void check_policies(const Definitions& definitions, Reading& reading);

}  // namespace segmentd::rules::load
