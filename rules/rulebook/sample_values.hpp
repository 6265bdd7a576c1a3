// Made-up inputs of a workspace's own segments, to try bodies of events on.
#pragma once

#include <string>

#include "rules/rulebook/rulebook.hpp"

namespace segmentd::rules {

// The member `values` of segment.entered, segment.left and those of accounts as a JSON object: every input that some
// segment's `enter` or `stay` reads, under its name, with a value of its type; a number where the type is known only at
// run time. Empty where no segment reads anything.
std::string sample_values(const Rulebook& book);

}  // namespace segmentd::rules
