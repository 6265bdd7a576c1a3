// Cuts the text of an expression into tokens.
#pragma once

#include <cstdint>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "rules/expression/compile_error.hpp"
#include "rules/expression/limits.hpp"
#include "rules/expression/value.hpp"

namespace segmentd::rules::expression {

enum class TokenKind : std::uint8_t {
    end,
    name,         // also reserved words; true, false, null and in are tokens of their own
    quoted_name,  // between backticks, for field names such as `content-type`
    literal,      // bool, null, string, bytes, double: the value stands in the token
    whole,        // digits of an int; the value is a uint, since the sign is a token before it
    whole_unsigned,
    in,
    plus,
    minus,
    star,
    slash,
    percent,
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    both,
    either,
    bang,
    question,
    colon,
    dot,
    comma,
    open_parenthesis,
    close_parenthesis,
    open_bracket,
    close_bracket,
    open_brace,
    close_brace,
};

struct Token {
    TokenKind kind = TokenKind::end;
    std::uint32_t begin = 0;  // bytes of the text, without the backticks of a quoted name
    std::uint32_t end = 0;
    Value literal;
};

// The tokens, the last of kind end. Whitespace and comments from // to the end of the line part
// tokens and are left out. Refuses text beyond the limit of bytes and text that is not UTF-8.
tl::expected<std::vector<Token>, Complaint> tokenize(std::string_view text, const Limits& limits);

// Words that no variable may have: `if`, `let`, `return`.
bool is_reserved(std::string_view word);

}  // namespace segmentd::rules::expression
