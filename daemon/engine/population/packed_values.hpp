// Values in a row of bytes, for those that are kept for many customers and seldom read: a number takes one to nine
// bytes, a text its length and two.
#pragma once

#include <string>
#include <string_view>

#include "rules/expression/value.hpp"

namespace segmentd::daemon {

// Adds a value. One that is no truth, number or text is kept as its JSON text.
void pack(std::string& bytes, const rules::expression::Value& value);

// Reads the first of packed values as JSON, exactly as to_json_text() wrote it of the value before it was packed;
// null where it was missing. Moves behind it.
std::string take_json(std::string_view& packed);

}  // namespace segmentd::daemon
