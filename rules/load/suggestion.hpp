// The way out for a word that nothing answers to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace segmentd::rules::load {

// "did you mean 'enter'?", or, where no known word is near, "use one of: a, b, c" with at most
// twelve of them. Empty where nothing is known.
std::string suggestion(std::string_view word, const std::vector<std::string>& known);

}  // namespace segmentd::rules::load
