#include "rules/expression/literals.hpp"

#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "rules/expression/number_text.hpp"
#include "rules/expression/utf8.hpp"

namespace segmentd::rules::expression {
namespace {

bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

// What stands before the first quote of a text literal, and the quote itself.
struct Opening {
    bool raw = false;
    bool bytes = false;
    std::size_t length = 0;  // of prefix and quote
    std::string quote;
};

std::size_t skip_digits(std::string_view text, std::size_t at);
std::size_t end_of_real(std::string_view text, std::size_t at, std::size_t end_of_digits);
tl::expected<Token, Complaint> whole_token(std::string_view text, std::size_t at, std::size_t end_of_digits);
std::optional<Opening> read_opening(std::string_view text, std::size_t at);
std::size_t closing_quote(std::string_view text, std::size_t at, const Opening& opening);
tl::expected<std::string, Complaint> decode(std::string_view text, std::size_t begin, std::size_t end, bool bytes);

Token token_at(TokenKind kind, std::size_t begin, std::size_t end, Value literal) {
    return Token{kind, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), std::move(literal)};
}

tl::unexpected<Complaint> refuse(std::size_t offset, std::string message, std::string hint) {
    return tl::unexpected(
        Complaint{.offset = offset, .rule = rule_syntax, .message = std::move(message), .hint = std::move(hint)});
}

}  // namespace

tl::expected<Token, Complaint> number_token(std::string_view text, std::size_t at) {
    const std::size_t end_of_digits = skip_digits(text, at);
    const std::size_t end = end_of_real(text, at, end_of_digits);
    if (end == end_of_digits) return whole_token(text, at, end_of_digits);
    const auto value = parse_real(text.substr(at, end - at));
    if (!value) return refuse(at, "this number is too large for a double", "at most 1.8e308");
    return token_at(TokenKind::literal, at, end, Value::real(*value));
}

bool starts_text_literal(std::string_view text, std::size_t at) {
    return read_opening(text, at).has_value();
}

tl::expected<Token, Complaint> text_token(std::string_view text, std::size_t at) {
    const Opening opening = *read_opening(text, at);
    const std::size_t begin = at + opening.length;
    const std::size_t end = closing_quote(text, begin, opening);
    if (end == std::string_view::npos) {
        return refuse(at, "this text has no closing quote", "triple quotes may span lines, single quotes may not");
    }
    const std::size_t after = end + opening.quote.size();
    std::string content(text.substr(begin, end - begin));
    if (!opening.raw) {
        auto decoded = decode(text, begin, end, opening.bytes);
        if (!decoded) return tl::unexpected(std::move(decoded).error());
        content = *std::move(decoded);
    }
    return token_at(TokenKind::literal, at, after,
                    opening.bytes ? Value::bytes(std::move(content)) : Value::string(std::move(content)));
}

namespace {

std::size_t skip_digits(std::string_view text, std::size_t at) {
    while (at < text.size() && is_digit(text[at])) ++at;
    return at;
}

// The end of a fraction and exponent after the digits; the end of the digits where there is none.
std::size_t end_of_real(std::string_view text, std::size_t at, std::size_t end_of_digits) {
    const auto digit_at = [&](std::size_t place) { return place < text.size() && is_digit(text[place]); };
    std::size_t end = end_of_digits;
    if (end < text.size() && text[end] == '.' && digit_at(end + 1)) end = skip_digits(text, end + 1);
    if (end == at || end >= text.size() || (text[end] != 'e' && text[end] != 'E')) return end;
    const bool has_sign = end + 1 < text.size() && (text[end + 1] == '+' || text[end + 1] == '-');
    const std::size_t exponent = end + (has_sign ? 2 : 1);
    return digit_at(exponent) ? skip_digits(text, exponent) : end;
}

tl::expected<Token, Complaint> whole_token(std::string_view text, std::size_t at, std::size_t end_of_digits) {
    const auto is_x = [&](std::size_t place) { return place < text.size() && text[place] == 'x'; };
    const bool is_hex = end_of_digits == at + 1 && text[at] == '0' && is_x(end_of_digits);
    const char* begin = text.data() + at + (is_hex ? 2 : 0);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(begin, text.data() + text.size(), value, is_hex ? 16 : 10);
    if (error == std::errc::invalid_argument) return refuse(at, "0x is followed by hexadecimal digits", "write 0x2A");
    if (error != std::errc()) return refuse(at, "this whole number is beyond 64 bits", "write it as a double: 1e20");
    auto after = static_cast<std::size_t>(end - text.data());
    const bool is_unsigned = after < text.size() && (text[after] == 'u' || text[after] == 'U');
    if (is_unsigned) ++after;
    return token_at(is_unsigned ? TokenKind::whole_unsigned : TokenKind::whole, at, after,
                    Value::unsigned_integer(value));
}

std::optional<Opening> read_opening(std::string_view text, std::size_t at) {
    Opening opening;
    std::size_t quote = at;
    if (quote < text.size() && (text[quote] == 'b' || text[quote] == 'B')) {
        opening.bytes = true;
        ++quote;
    }
    if (quote < text.size() && (text[quote] == 'r' || text[quote] == 'R')) {
        opening.raw = true;
        ++quote;
    }
    if (quote >= text.size() || (text[quote] != '"' && text[quote] != '\'')) return std::nullopt;
    const std::string_view triple = text.substr(quote, 3);
    const bool is_triple = triple == "\"\"\"" || triple == "'''";
    opening.quote = is_triple ? triple : triple.substr(0, 1);
    opening.length = quote - at + opening.quote.size();
    return opening;
}

std::size_t closing_quote(std::string_view text, std::size_t at, const Opening& opening) {
    for (; at < text.size(); ++at) {
        if (text.substr(at).starts_with(opening.quote)) return at;
        if (opening.quote.size() == 1 && (text[at] == '\n' || text[at] == '\r')) break;
        if (text[at] == '\\' && !opening.raw) ++at;
    }
    return std::string_view::npos;
}

// The byte that stands for a letter after a backslash; 0 where the letter has another meaning.
char simple_escape(char letter) {
    switch (letter) {
        case 'a': return '\a';
        case 'b': return '\b';
        case 'f': return '\f';
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        case 'v': return '\v';
        case '\\':
        case '?':
        case '"':
        case '\'':
        case '`': return letter;
        default: return 0;
    }
}

// The digits of a numeric escape: where they begin after the backslash, how many, in which base.
struct EscapeForm {
    std::size_t skip = 0;
    std::size_t digits = 0;
    int base = 16;
};

std::optional<EscapeForm> escape_form(char letter, bool bytes) {
    if (letter == 'x' || letter == 'X') return EscapeForm{1, 2, 16};
    if (letter == 'u' && !bytes) return EscapeForm{1, 4, 16};
    if (letter == 'U' && !bytes) return EscapeForm{1, 8, 16};
    if (letter >= '0' && letter <= '3') return EscapeForm{0, 3, 8};
    return std::nullopt;
}

// Appends what the escape at a backslash means and returns its length; 0 where it means nothing.
std::size_t decode_escape(std::string_view escape, bool bytes, std::string& result) {
    if (escape.size() < 2) return 0;
    if (const char simple = simple_escape(escape[1]); simple != 0) {
        result += simple;
        return 2;
    }
    const auto form = escape_form(escape[1], bytes);
    if (!form || escape.size() < 1 + form->skip + form->digits) return 0;
    const char* begin = escape.data() + 1 + form->skip;
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(begin, begin + form->digits, number, form->base);
    if (error != std::errc() || end != begin + form->digits) return 0;
    if (bytes) {
        result += static_cast<char>(number);
    } else if (!append_code_point(result, static_cast<char32_t>(number))) {
        return 0;
    }
    return 1 + form->skip + form->digits;
}

tl::expected<std::string, Complaint> decode(std::string_view text, std::size_t begin, std::size_t end, bool bytes) {
    std::string result;
    for (std::size_t at = begin; at < end;) {
        if (text[at] != '\\') {
            result += text[at++];
            continue;
        }
        const std::size_t length = decode_escape(text.substr(at, end - at), bytes, result);
        if (length == 0) {
            return refuse(at, "this escape means nothing",
                          bytes ? "\\\\ is a backslash; bytes know \\n, \\xFF, \\377 and the like"
                                : "\\\\ is a backslash; a raw string r'...' takes it as it is");
        }
        at += length;
    }
    return result;
}

}  // namespace

}  // namespace segmentd::rules::expression
