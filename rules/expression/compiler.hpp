// Checked syntax tree to code.
#pragma once

#include <memory>
#include <tl/expected.hpp>

#include "rules/expression/checker.hpp"
#include "rules/expression/code.hpp"
#include "rules/expression/compile_error.hpp"
#include "rules/expression/declarations.hpp"

namespace segmentd::rules::expression {

// Evaluates what reads no slot, and turns comparisons of a slot with a number into one instruction.
// A literal that is no regular expression is refused (rule cel_type) if the tree was checked
// strictly, and left to the evaluation otherwise.
tl::expected<std::shared_ptr<const Code>, Complaint> compile_code(const CheckedTree& checked,
                                                                  const Declarations& declarations);

}  // namespace segmentd::rules::expression
