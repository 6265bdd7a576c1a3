// Where the parts of an expression stand in its text.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "rules/expression/syntax.hpp"

namespace segmentd::rules::expression {

// Bytes of the text.
struct Span {
    std::size_t offset = 0;
    std::size_t length = 0;
};

// One for each node of the tree, which was parsed from this text: from the first to the last token of the part, with
// the parentheses that a call, list or operand needs and without those around the whole part.
std::vector<Span> spans_of(const SyntaxTree& tree, std::string_view text);

}  // namespace segmentd::rules::expression
