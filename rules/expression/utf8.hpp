// UTF-8: strings are sequences of Unicode code points.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace segmentd::rules::expression {

// True for well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

// Code points of well-formed text; of other bytes, those that do not continue a code point.
std::size_t count_code_points(std::string_view text);

// False, and nothing appended, for a surrogate or a number above U+10FFFF.
bool append_code_point(std::string& text, char32_t code_point);

}  // namespace segmentd::rules::expression
