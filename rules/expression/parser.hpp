// Text to syntax tree, by the grammar of the CEL language definition (messages are left out: there
// are no protocol buffers here).
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "rules/expression/limits.hpp"
#include "rules/expression/syntax.hpp"

namespace segmentd::rules::expression {

// Refuses with the rules cel_syntax and cel_limit, at the line and column of the first mistake.
// The work is linear in the text; the depth of recursion is bounded by the limit of depth.
Result<SyntaxTree> parse(std::string_view text, const Limits& limits);

}  // namespace segmentd::rules::expression
