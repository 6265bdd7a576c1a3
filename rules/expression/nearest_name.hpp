// "Did you mean ...?": the known name that a mistyped one is closest to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace segmentd::rules::expression {

// By edit distance (insert, delete, replace). Empty where none is within a third of the length of
// the wanted name (at least 2); the first of equally near names.
std::string nearest_name(std::string_view wanted, const std::vector<std::string>& known);

}  // namespace segmentd::rules::expression
