// The folders of a workspace say what stands in them. A definition elsewhere works, but nobody finds it.
#pragma once

#include <vector>

#include "base/result.hpp"
#include "rules/definitions/definitions.hpp"

namespace segmentd::rules {

// A warning for each definition that stands in the folder of another kind, such as a segment in
// pilots/. No mistake: files at the top and in folders of other names.
std::vector<Error> find_misplaced(const Definitions& definitions);

}  // namespace segmentd::rules
