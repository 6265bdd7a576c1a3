// Tokens that carry a value: numbers, strings and bytes.
#pragma once

#include <cstddef>
#include <string_view>
#include <tl/expected.hpp>

#include "rules/expression/lexer.hpp"

namespace segmentd::rules::expression {

// The number that starts at a digit, or at a point before a digit: 42, 0x2A, 42u, .5, 1e-3.
tl::expected<Token, Complaint> number_token(std::string_view text, std::size_t at);

// True at a quote and at the prefixes r, b and br (in any case) of one.
bool starts_text_literal(std::string_view text, std::size_t at);

// The string or bytes that start there, with single or triple quotes. Escapes are decoded unless
// the literal is raw; in a string \x and octal escapes are code points, in bytes they are bytes.
tl::expected<Token, Complaint> text_token(std::string_view text, std::size_t at);

}  // namespace segmentd::rules::expression
