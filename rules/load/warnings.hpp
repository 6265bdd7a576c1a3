// What is allowed and yet a pity.
#pragma once

#include <vector>

#include "rules/definitions/definitions.hpp"

namespace segmentd::rules::load {

// Warned of are: a workspace that agreed on no objectives, and segments without a success metric of their own or of
// their objective; a steward without that role; and what depends on the day: stewards, owners of endpoints and people
// of the escalation who left by `now`, and exceptions that are signed for a later day. Each has its place, rule and
// hint, in the order of the definitions.
std::vector<Error> find_warnings(const Definitions& definitions, Timestamp now);

}  // namespace segmentd::rules::load
