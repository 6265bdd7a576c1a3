// Finds a division that can never give a number.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"

namespace segmentd::rules {

// The refusal of the first `/ 0` or `% 0` in a text that is known to parse, with line and column
// within the text; nothing where there is none. A divisor that is 0 only for some customers is no
// mistake: the condition is unknown for them.
std::optional<Error> literal_division_by_zero(const std::string& text);

}  // namespace segmentd::rules
