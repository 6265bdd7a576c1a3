// Who was in which segment at an instant, and which segment lies nearest to another.
#pragma once

#include <vector>

#include "daemon/reports/hindsight.hpp"

namespace segmentd::daemon {

// Of every customer of the population, by index: member of which segments, by index.
using SegmentMembers = std::vector<std::vector<bool>>;

struct SegmentGroups {
    SegmentMembers members;
    std::optional<std::size_t> neighbour;  // of the segment asked about
};

// The neighbour is the segment whose members are most like those of the segment asked about, in what
// that segment's definition stands on (inputs_behind()). How far two segments are apart is the mean,
// over these inputs as far as they are numbers, of the squared difference of the two means in
// standard deviations of all customers. Members of both count for the segment asked about, and
// another one needs at least `fewest` customers of its own. Where the definition reads no numbers all
// features are taken. Of equally near ones the first by name; nothing where no other segment is left.
SegmentGroups group_by_segments(Hindsight& hindsight, std::size_t segment, std::int64_t fewest);

}  // namespace segmentd::daemon
