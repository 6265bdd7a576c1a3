// UTF-8: strings are sequences of Unicode code points.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace segmentd::rules::expression {

// True for well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

// Code points of well-formed text; of other bytes, those that do not continue a code point.
std::size_t count_code_points(std::string_view text);

// The byte at which a code point of well-formed text begins, counted from 0; the end of the text for the number
// of its code points, nothing beyond.
std::optional<std::size_t> offset_of_code_point(std::string_view text, std::uint64_t number);

// False, and nothing appended, for a surrogate or a number above U+10FFFF.
bool append_code_point(std::string& text, char32_t code_point);

}  // namespace segmentd::rules::expression
