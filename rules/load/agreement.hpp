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

}  // namespace segmentd::rules::load
