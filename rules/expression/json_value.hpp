// JSON as CEL values: objects become maps, whole numbers int, other numbers double.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "rules/expression/value.hpp"

namespace segmentd::rules::expression {

// ErrorCode::invalid for a text that is no JSON; at most 32 levels deep.
Result<Value> value_of_json(std::string_view text);

}  // namespace segmentd::rules::expression
