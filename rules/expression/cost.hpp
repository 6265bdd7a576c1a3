// What an expression may cost, known before it is evaluated.
//
// In the spirit of the checker's cost of cel-go: each node has a worst case, and a macro costs its body as often as
// its range may have elements. The unit is a step of the evaluation (see limits.hpp), and what the evaluation charges
// for, this foresees with the same formulas: where texts and lists are as large as the limits take them to be, no
// evaluation does more steps.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "rules/expression/checker.hpp"
#include "rules/expression/limits.hpp"

namespace segmentd::rules::expression {

// The steps of one evaluation in the worst case. Refused with the rule cel_limit beyond limits.cost, at the innermost
// part that alone costs more. Linear in the size of the tree.
Result<std::uint64_t> worst_cost(const CheckedTree& checked, std::string_view text, const Limits& limits);

}  // namespace segmentd::rules::expression
