#include "rules/expression/format_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "rules/expression/conversions.hpp"
#include "rules/expression/limits.hpp"
#include "rules/expression/value_text.hpp"

namespace segmentd::rules::expression {
namespace {

using Text = tl::expected<std::string, EvaluationError>;

struct Clause {
    char letter = 's';
    int precision = 6;
};

std::optional<Clause> take_clause(std::string_view& rest);
Text formatted(const Clause& clause, const Value& value);
Text plain(const Value& value);
Text fixed_or_scientific(const Clause& clause, const Value& value);
Text in_digits(char letter, const Value& value);

auto refused(std::string message) {
    return no_value(EvaluationErrorKind::invalid_argument, std::move(message));
}

auto too_long() {
    return no_value(EvaluationErrorKind::work_limit, "a value of the expression grows too large");
}

}  // namespace

Outcome format_text(std::string_view format, const std::vector<Value>& arguments) {
    std::string result;
    std::size_t next = 0;
    while (true) {
        const auto sign = format.find('%');
        result += format.substr(0, sign);
        if (sign == std::string_view::npos) return Value::string(std::move(result));
        format.remove_prefix(sign + 1);
        if (format.starts_with('%')) {
            format.remove_prefix(1);
            result += '%';
            continue;
        }
        const auto clause = take_clause(format);
        if (!clause) return refused("a clause of the format is none of %s %d %f %e %b %o %x %X %%");
        if (next == arguments.size()) return refused(fmt::format("the format asks for more than {} values", next));
        const Text text = formatted(*clause, arguments[next++]);
        if (!text) return tl::unexpected(text.error());
        result += *text;
        if (result.size() > longest_text) return too_long();
    }
}

namespace {

std::optional<Clause> take_clause(std::string_view& rest) {
    static constexpr std::string_view letters = "sdfeboxX";
    constexpr int most_digits = 100;
    Clause clause;
    if (rest.starts_with('.')) {
        const auto [end, error] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), clause.precision);
        if (error != std::errc() || clause.precision < 0 || clause.precision > most_digits) return std::nullopt;
        rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    }
    if (rest.empty() || letters.find(rest.front()) == std::string_view::npos) return std::nullopt;
    clause.letter = rest.front();
    rest.remove_prefix(1);
    return clause;
}

Text formatted(const Clause& clause, const Value& value) {
    switch (clause.letter) {
        case 's': return plain(value);
        case 'f':
        case 'e': return fixed_or_scientific(clause, value);
        case 'd':
            if (value.kind() == Kind::integer || value.kind() == Kind::unsigned_integer || value.kind() == Kind::real) {
                return plain(value);
            }
            return refused(fmt::format("%d takes numbers, not {}", kind_name(value.kind())));
        default: return in_digits(clause.letter, value);
    }
}

Text plain_list(const std::vector<Value>& elements) {
    std::string text;
    for (const Value& element : elements) {
        const Text part = plain(element);
        if (!part) return part;
        if (&element != &elements.front()) text += ", ";
        text += *part;
        if (text.size() > longest_text) return too_long();
    }
    return "[" + text + "]";
}

// In the order of the keys as they are written.
Text plain_map(const Map& map) {
    std::vector<std::pair<std::string, std::string>> entries;
    for (const auto& [key, value] : map.entries()) {
        const Text key_text = plain(key);
        const Text value_text = plain(value);
        if (!key_text || !value_text) return key_text ? value_text : key_text;
        entries.emplace_back(*key_text, *value_text);
    }
    std::ranges::sort(entries);
    std::string text;
    for (const auto& [key, value] : entries) {
        text += (text.empty() ? "" : ", ") + key + ": " + value;
        if (text.size() > longest_text) return too_long();
    }
    return "{" + text + "}";
}

// Without an exponent: 100000000000000000000.
std::string plain_real(double value) {
    if (!std::isfinite(value)) return real_text(value);
    std::array<char, 400> digits{};  // the largest double has 309, the smallest 326 with its zeros
    const auto end = std::to_chars(digits.begin(), digits.end(), value, std::chars_format::fixed).ptr;
    return {digits.begin(), end};
}

Text plain(const Value& value) {
    switch (value.kind()) {
        case Kind::null: return "null";
        case Kind::real: return plain_real(value.as_real());
        case Kind::type: return kind_name(value.as_type());
        case Kind::list: return plain_list(value.as_list());
        case Kind::map: return plain_map(value.as_map());
        default: break;
    }
    const Outcome text = to_string(value);
    if (!text) return refused(fmt::format("%s cannot write {}", kind_name(value.kind())));
    return std::string(text->as_text());
}

Text fixed_or_scientific(const Clause& clause, const Value& value) {
    const Outcome number = value.kind() == Kind::string ? Outcome(Value::null()) : to_double(value);
    if (!number || number->kind() != Kind::real) {
        return refused(fmt::format("%{} takes numbers, not {}", clause.letter, kind_name(value.kind())));
    }
    const double real = number->as_real();
    if (!std::isfinite(real)) return real_text(real);
    return clause.letter == 'f' ? fmt::format("{:.{}f}", real, clause.precision)
                                : fmt::format("{:.{}e}", real, clause.precision);
}

std::string hexadecimal(std::string_view bytes, bool is_upper) {
    std::string text;
    for (const char byte : bytes) {
        const unsigned number = static_cast<unsigned char>(byte);
        text += is_upper ? fmt::format("{:02X}", number) : fmt::format("{:02x}", number);
    }
    return text;
}

std::string digits(char letter, std::uint64_t number) {
    switch (letter) {
        case 'b': return fmt::format("{:b}", number);
        case 'o': return fmt::format("{:o}", number);
        case 'x': return fmt::format("{:x}", number);
        default: return fmt::format("{:X}", number);
    }
}

Text in_digits(char letter, const Value& value) {
    const bool is_hexadecimal = letter == 'x' || letter == 'X';
    if (value.kind() == Kind::unsigned_integer) return digits(letter, value.as_unsigned());
    if (value.kind() == Kind::boolean && letter == 'b') return digits(letter, value.as_unsigned() & 1U);
    if (value.kind() == Kind::integer) {
        const bool is_negative = value.as_integer() < 0;
        return is_negative ? "-" + digits(letter, 0 - value.as_unsigned()) : digits(letter, value.as_unsigned());
    }
    if (is_hexadecimal && (value.kind() == Kind::string || value.kind() == Kind::bytes)) {
        return hexadecimal(value.as_text(), letter == 'X');
    }
    return refused(fmt::format("%{} does not take {}", letter, kind_name(value.kind())));
}

}  // namespace

}  // namespace segmentd::rules::expression
