// Values as text for people, for example in the explanation of a decision.
#pragma once

#include <string>

#include "rules/expression/value.hpp"

namespace segmentd::rules::expression {

// JSON where JSON has the value. Bytes are base64, timestamps RFC 3339, durations seconds such as
// "1.5s", types and non-finite doubles their names, each as a JSON string; an optional is what it holds, or
// null; map keys that are no
// strings are written as strings; a missing value is the string "(missing)".
std::string to_json_text(const Value& value);

// CEL's name of a kind: "int", "google.protobuf.Timestamp", "null_type".
const char* kind_name(Kind kind);

// The shortest text that reads back as the same double: "0.1", "-4.5e-30", "NaN", "Infinity".
std::string real_text(double value);

}  // namespace segmentd::rules::expression
