#include "rules/expression/strings_extension.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "rules/expression/format_text.hpp"
#include "rules/expression/limits.hpp"
#include "rules/expression/utf8.hpp"

namespace segmentd::rules::expression {
namespace {

constexpr std::int64_t every = std::numeric_limits<std::int64_t>::max();

std::int64_t limit_of(std::span<const Value* const> arguments, std::size_t at);
Outcome char_at(std::string_view text, std::int64_t position);
Outcome index_of(std::span<const Value* const> arguments);
Outcome last_index_of(std::span<const Value* const> arguments);
Outcome join(const std::vector<Value>& parts, std::string_view separator);
Outcome quote(std::string_view text);
Outcome replace(std::span<const Value* const> arguments);
Outcome reverse(std::string_view text);
Outcome split(std::string_view text, std::string_view separator, std::int64_t limit);
Outcome substring(std::span<const Value* const> arguments);
Outcome trim(std::string_view text);
Outcome with_ascii_letters(std::string_view text, char first, int shift);

tl::unexpected<EvaluationError> out_of_range(std::int64_t position) {
    return no_value(EvaluationErrorKind::index_out_of_range, fmt::format("the text has no position {}", position));
}

tl::unexpected<EvaluationError> too_long() {
    return no_value(EvaluationErrorKind::work_limit, "a value of the expression grows too large");
}

Value text_value(std::string_view text) {
    return Value::string(std::string(text));
}

}  // namespace

Outcome apply_strings(Function function, std::span<const Value* const> arguments) {
    const Value& first = *arguments[0];
    switch (function) {
        case Function::char_at: return char_at(first.as_text(), arguments[1]->as_integer());
        case Function::format: return format_text(first.as_text(), arguments[1]->as_list());
        case Function::index_of: return index_of(arguments);
        case Function::join_list: return join(first.as_list(), arguments.size() > 1 ? arguments[1]->as_text() : "");
        case Function::last_index_of: return last_index_of(arguments);
        case Function::lower_ascii: return with_ascii_letters(first.as_text(), 'A', 'a' - 'A');
        case Function::quote: return quote(first.as_text());
        case Function::replace: return replace(arguments);
        case Function::reverse: return reverse(first.as_text());
        case Function::split: return split(first.as_text(), arguments[1]->as_text(), limit_of(arguments, 2));
        case Function::substring: return substring(arguments);
        case Function::trim: return trim(first.as_text());
        default: return with_ascii_letters(first.as_text(), 'a', 'A' - 'a');
    }
}

namespace {

// How often at most; a negative number and no argument at all mean always.
std::int64_t limit_of(std::span<const Value* const> arguments, std::size_t at) {
    if (at >= arguments.size() || arguments[at]->as_integer() < 0) return every;
    return arguments[at]->as_integer();
}

std::optional<std::size_t> offset_of(std::string_view text, std::int64_t position) {
    if (position < 0) return std::nullopt;
    return offset_of_code_point(text, static_cast<std::uint64_t>(position));
}

// The position of the code point at a byte; -1 for none.
Value position_of(std::string_view text, std::size_t offset) {
    if (offset == std::string_view::npos) return Value::integer(-1);
    return Value::integer(static_cast<std::int64_t>(count_code_points(text.substr(0, offset))));
}

Outcome char_at(std::string_view text, std::int64_t position) {
    const auto begin = offset_of(text, position);
    if (!begin) return out_of_range(position);
    const auto rest = text.substr(*begin);
    return text_value(rest.substr(0, offset_of(rest, 1).value_or(0)));
}

Outcome index_of(std::span<const Value* const> arguments) {
    const auto text = arguments[0]->as_text();
    const auto part = arguments[1]->as_text();
    if (arguments.size() == 2) return position_of(text, text.find(part));
    const auto begin = offset_of(text, arguments[2]->as_integer());
    if (!begin || (*begin == text.size() && !part.empty())) return out_of_range(arguments[2]->as_integer());
    return position_of(text, text.find(part, *begin));
}

Outcome last_index_of(std::span<const Value* const> arguments) {
    const auto text = arguments[0]->as_text();
    const auto part = arguments[1]->as_text();
    if (arguments.size() == 2) return position_of(text, text.rfind(part));
    const auto last = offset_of(text, arguments[2]->as_integer());
    if (!last || (*last == text.size() && !part.empty())) return out_of_range(arguments[2]->as_integer());
    return position_of(text, text.rfind(part, *last));
}

Outcome join(const std::vector<Value>& parts, std::string_view separator) {
    std::string joined;
    for (const Value& part : parts) {
        if (part.kind() != Kind::string) {
            return no_value(EvaluationErrorKind::no_such_overload, "only strings can be joined");
        }
        if (&part != &parts.front()) joined += separator;
        joined += part.as_text();
        if (joined.size() > longest_text) return too_long();
    }
    return Value::string(std::move(joined));
}

Outcome quote(std::string_view text) {
    static constexpr std::string_view special = "\a\b\f\n\r\t\v\\\"";
    static constexpr std::string_view letters = "abfnrtv\\\"";
    std::string quoted = "\"";
    for (const char character : text) {
        const auto at = special.find(character);
        if (at == std::string_view::npos) {
            quoted += character;
        } else {
            quoted += '\\';
            quoted += letters[at];
        }
    }
    return Value::string(quoted + '"');
}

// An empty text stands before every code point and at the end.
Outcome replace(std::span<const Value* const> arguments) {
    auto rest = arguments[0]->as_text();
    const auto old = arguments[1]->as_text();
    const auto put = arguments[2]->as_text();
    std::int64_t left = limit_of(arguments, 3);
    std::string result;
    for (; left > 0; --left) {
        const auto found = rest.find(old);
        if (found == std::string_view::npos) break;
        result.append(rest.substr(0, found)).append(put);
        rest.remove_prefix(found + old.size());
        if (result.size() > longest_text) return too_long();
        if (!old.empty()) continue;
        if (rest.empty()) break;
        const auto next = offset_of(rest, 1).value_or(rest.size());
        result.append(rest.substr(0, next));
        rest.remove_prefix(next);
    }
    return Value::string(result.append(rest));
}

Outcome reverse(std::string_view text) {
    std::string reversed;
    reversed.reserve(text.size());
    std::size_t end = text.size();
    for (std::size_t i = text.size(); i > 0; --i) {
        if ((static_cast<unsigned char>(text[i - 1]) & 0xC0) == 0x80) continue;
        reversed.append(text.substr(i - 1, end - (i - 1)));
        end = i - 1;
    }
    return Value::string(std::move(reversed));
}

// Between two code points stands an empty separator.
Outcome split(std::string_view text, std::string_view separator, std::int64_t limit) {
    std::vector<Value> parts;
    if (limit == 0) return Value::list(std::move(parts));
    const auto next_end = [&] {
        if (!separator.empty()) return text.find(separator);
        const auto end = offset_of(text, 1).value_or(text.size());
        return end == text.size() ? std::string_view::npos : end;
    };
    while (std::ssize(parts) < limit - 1) {
        const auto end = next_end();
        if (end == std::string_view::npos) break;
        parts.push_back(text_value(text.substr(0, end)));
        text.remove_prefix(end + separator.size());
        if (parts.size() > longest_list) return too_long();
    }
    if (!text.empty() || !separator.empty()) parts.push_back(text_value(text));
    return Value::list(std::move(parts));
}

Outcome substring(std::span<const Value* const> arguments) {
    const auto text = arguments[0]->as_text();
    const std::int64_t from = arguments[1]->as_integer();
    const auto begin = offset_of(text, from);
    if (!begin) return out_of_range(from);
    if (arguments.size() == 2) return text_value(text.substr(*begin));
    const std::int64_t until = arguments[2]->as_integer();
    const auto end = offset_of(text, until);
    if (!end || *end < *begin) return out_of_range(until);
    return text_value(text.substr(*begin, *end - *begin));
}

// The length of the white space of Unicode that the text begins with; 0 for none.
std::size_t blank_at_front(std::string_view text) {
    static constexpr std::string_view blanks[] = {" ",      "\t",     "\n",     "\v",     "\f",     "\r",     "\u0085",
                                                  "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004",
                                                  "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200A", "\u2028",
                                                  "\u2029", "\u202F", "\u205F", "\u3000"};
    const auto* found =
        std::ranges::find_if(blanks, [&](const std::string_view& blank) { return text.starts_with(blank); });
    return found == std::end(blanks) ? 0 : found->size();
}

Outcome trim(std::string_view text) {
    while (const std::size_t blank = blank_at_front(text)) text.remove_prefix(blank);
    std::size_t end = 0;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t blank = blank_at_front(text.substr(i));
        i += blank == 0 ? 1 : blank;
        if (blank == 0) end = i;
    }
    return text_value(text.substr(0, end));
}

// Moves the 26 letters from `first` on by `shift`.
Outcome with_ascii_letters(std::string_view text, char first, int shift) {
    std::string result(text);
    for (char& character : result) {
        if (character >= first && character < first + 26) character = static_cast<char>(character + shift);
    }
    return Value::string(std::move(result));
}

}  // namespace

}  // namespace segmentd::rules::expression
