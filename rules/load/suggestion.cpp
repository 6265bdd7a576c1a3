#include "rules/load/suggestion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "rules/expression/nearest_name.hpp"

namespace segmentd::rules::load {

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
    constexpr std::size_t most_shown = 12;
    const auto meant = expression::nearest_name(word, known);
    if (!meant.empty()) return fmt::format("did you mean '{}'?", meant);
    if (known.empty()) return {};
    const auto end = known.begin() + static_cast<std::ptrdiff_t>(std::min(known.size(), most_shown));
    return fmt::format("use one of: {}{}", fmt::join(known.begin(), end, ", "), end == known.end() ? "" : ", ...");
}

}  // namespace segmentd::rules::load
