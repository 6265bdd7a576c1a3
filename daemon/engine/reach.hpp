// How far a change of definitions reaches into what is known of customers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "daemon/engine/population/population.hpp"

namespace segmentd::daemon {

struct Reach {
    // False where features, purchase days and pilots are computed as before: nothing has to be looked up in the past.
    bool needs_past = true;

    // Whose members have to be decided anew, as places in the new segment_order, ascending. All of them where the past
    // is needed.
    std::vector<std::uint32_t> places;
};

// The features and histories that decisions at these places stand on.
Touched touched_by(const rules::Rulebook& book, const std::vector<std::uint32_t>& places);

// From one version of the files to another, whose rulebook is `book`.
Reach reach_of_change(const std::map<std::string, std::string>& from, const std::map<std::string, std::string>& to,
                      const rules::Rulebook& book);

}  // namespace segmentd::daemon
