#include "rules/expression/lexer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "rules/expression/literals.hpp"
#include "rules/expression/utf8.hpp"

namespace segmentd::rules::expression {
namespace {

bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

bool starts_name(char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') || character == '_';
}

std::size_t skip_blanks(std::string_view text, std::size_t at);
tl::expected<Token, Complaint> next_token(std::string_view text, std::size_t at);
Token name_token(std::string_view text, std::size_t at);
tl::expected<Token, Complaint> quoted_name_token(std::string_view text, std::size_t at);
tl::expected<Token, Complaint> sign_token(std::string_view text, std::size_t at);

}  // namespace

tl::expected<std::vector<Token>, Complaint> tokenize(std::string_view text, const Limits& limits) {
    if (text.size() > limits.bytes) {
        return tl::unexpected(Complaint{
            .offset = 0,
            .rule = rule_limit,
            .message = fmt::format("the expression has {} bytes, at most {} are allowed", text.size(), limits.bytes),
            .hint = "split it into several conditions"});
    }
    if (!is_utf8(text)) {
        return tl::unexpected(Complaint{.message = "the expression is not valid UTF-8", .hint = "save it as UTF-8"});
    }
    std::vector<Token> tokens;
    for (std::size_t at = skip_blanks(text, 0); at < text.size(); at = skip_blanks(text, at)) {
        auto token = next_token(text, at);
        if (!token) return tl::unexpected(std::move(token).error());
        at = token->end + (token->kind == TokenKind::quoted_name ? 1U : 0U);
        tokens.push_back(*std::move(token));
    }
    const auto end = static_cast<std::uint32_t>(text.size());
    tokens.push_back(Token{TokenKind::end, end, end, {}});
    return tokens;
}

bool is_reserved(std::string_view word) {
    static constexpr std::array<std::string_view, 17> words = {
        "as",  "break", "const",   "continue",  "else",   "for", "function", "if",   "import",
        "let", "loop",  "package", "namespace", "return", "var", "void",     "while"};
    return std::find(words.begin(), words.end(), word) != words.end();
}

namespace {

std::size_t skip_blanks(std::string_view text, std::size_t at) {
    static constexpr std::string_view blanks = " \t\n\f\r";
    while (at < text.size()) {
        if (blanks.find(text[at]) != std::string_view::npos) {
            ++at;
        } else if (text.substr(at, 2) == "//") {
            while (at < text.size() && text[at] != '\n') ++at;
        } else {
            break;
        }
    }
    return at;
}

tl::expected<Token, Complaint> next_token(std::string_view text, std::size_t at) {
    const bool real_without_zero = text[at] == '.' && at + 1 < text.size() && is_digit(text[at + 1]);
    if (is_digit(text[at]) || real_without_zero) return number_token(text, at);
    if (starts_text_literal(text, at)) return text_token(text, at);
    if (starts_name(text[at])) return name_token(text, at);
    if (text[at] == '`') return quoted_name_token(text, at);
    return sign_token(text, at);
}

Token name_token(std::string_view text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() && (starts_name(text[end]) || is_digit(text[end]))) ++end;
    Token token{TokenKind::name, static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end), {}};
    const std::string_view name = text.substr(at, end - at);
    if (name == "in") token.kind = TokenKind::in;
    if (name == "true" || name == "false" || name == "null") {
        token.kind = TokenKind::literal;
        token.literal = name == "null" ? Value::null() : Value::boolean(name == "true");
    }
    return token;
}

tl::expected<Token, Complaint> quoted_name_token(std::string_view text, std::size_t at) {
    static constexpr std::string_view accepted = "_.-/ ";
    std::size_t end = at + 1;
    while (end < text.size() &&
           (starts_name(text[end]) || is_digit(text[end]) || accepted.find(text[end]) != std::string_view::npos)) {
        ++end;
    }
    if (end == text.size() || text[end] != '`' || end == at + 1) {
        return tl::unexpected(Complaint{.offset = at,
                                        .message = "a quoted field name ends with a backtick",
                                        .hint = "letters, digits, '_', '.', '-', '/' and spaces may stand in it"});
    }
    return Token{TokenKind::quoted_name, static_cast<std::uint32_t>(at + 1), static_cast<std::uint32_t>(end), {}};
}

tl::expected<Token, Complaint> sign_token(std::string_view text, std::size_t at) {
    using enum TokenKind;
    // Longer signs stand before the shorter ones that they begin with.
    static constexpr std::array<std::pair<std::string_view, TokenKind>, 24> signs = {{
        {"==", equal},
        {"!=", not_equal},
        {"<=", less_equal},
        {">=", greater_equal},
        {"&&", both},
        {"||", either},
        {"<", less},
        {">", greater},
        {"!", bang},
        {"+", plus},
        {"-", minus},
        {"*", star},
        {"/", slash},
        {"%", percent},
        {"?", question},
        {":", colon},
        {".", dot},
        {",", comma},
        {"(", open_parenthesis},
        {")", close_parenthesis},
        {"[", open_bracket},
        {"]", close_bracket},
        {"{", open_brace},
        {"}", close_brace},
    }};
    for (const auto& [sign, kind] : signs) {
        if (!text.substr(at).starts_with(sign)) continue;
        return Token{kind, static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + sign.size()), {}};
    }
    std::string hint = "strings stand in quotes";
    if (text[at] == '=') hint = "compare with ==";
    if (text[at] == '&') hint = "write && for 'and'";
    if (text[at] == '|') hint = "write || for 'or'";
    return tl::unexpected(Complaint{.offset = at, .message = "a character that means nothing here", .hint = hint});
}

}  // namespace

}  // namespace segmentd::rules::expression
