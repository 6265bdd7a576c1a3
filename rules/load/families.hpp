// What families make of the segments: their place in the order, the population before their conditions, and the
// remainder as a segment like others.
#pragma once

#include "rules/definitions/definitions.hpp"
#include "rules/load/reading.hpp"

namespace segmentd::rules::load {

// Writes the families into the segments. Refuses a segment of two families. All names are known to be declared.
void apply_families(Definitions& definitions, Reading& reading);

// Gives every segment its version (see SegmentDefinition). To be called once families are applied.
void set_segment_versions(Definitions& definitions);

}  // namespace segmentd::rules::load
