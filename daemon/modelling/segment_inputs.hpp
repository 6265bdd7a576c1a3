// What a segment's definition stands on.
#pragma once

#include <set>

#include "daemon/engine/population/population.hpp"

namespace segmentd::daemon {

struct SegmentInputs {
    std::set<std::size_t> slots;  // profile, features and scores, by their place in the row
    std::set<ModelId> models;     // whose scores are among them
};

// Everything that `enter` reads, and what lies behind: of another segment its `enter`, of a score its
// expression or the features of its model.
SegmentInputs inputs_behind(const rules::Rulebook& book, std::size_t segment);

}  // namespace segmentd::daemon
