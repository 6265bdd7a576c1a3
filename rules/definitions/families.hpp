// families/*.yaml: segments of which a customer is in one at most.
//
// The order of the segments is their priority: who meets several is in the first alone. A customer moves in one
// instant: who enters a segment leaves the lower one at once, whatever its minimum_stay says, because minimum_stay
// holds against a line that turned false and not against a better claim. The way down waits: while the higher segment
// keeps a member (by stay or minimum_stay) no lower one takes them. So nobody is ever in two.
//
// `of` is the population: its lines stand before those of enter and stay of every segment of the family. The
// remainder is a segment of its own: it has whoever is in the population and in none of the others. A member whom
// minimum_stay holds after they left the population is in their segment until it ends.
#pragma once

#include <string>
#include <vector>

#include "rules/definitions/common.hpp"

namespace segmentd::rules {

struct FamilyDefinition {
    FamilyId id;
    std::string title;
    std::string rationale;
    std::vector<Reference<SegmentId>> segments;  // the first has priority
    Reference<SegmentId> remainder;              // declared here; empty: who is in none is in none
    Condition of;                                // empty: all customers
    PersonId steward;                            // also of the remainder
    SourcePlace place;
};

}  // namespace segmentd::rules
