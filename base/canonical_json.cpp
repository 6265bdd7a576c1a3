#include "base/canonical_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/value.hpp>
#include <cassert>
#include <charconv>
#include <cmath>
#include <limits>
#include <vector>

namespace segmentd {
namespace {

namespace json = boost::json;

// The digits d1 d2 ... dk and the exponent n of a number 0.d1d2...dk x 10^n, as ECMA-262 names them.
struct Digits {
    std::array<char, 20> digits{};
    int count = 0;
    int exponent = 0;
};

Result<void> add_value(CanonicalJsonWriter& writer, const json::value& value);
Result<void> add_array(CanonicalJsonWriter& writer, const json::array& array);
Result<void> add_object(CanonicalJsonWriter& writer, const json::object& object);
template <typename Integer>
Result<void> add_wide_integer(CanonicalJsonWriter& writer, Integer number);
Result<void> add_finite(CanonicalJsonWriter& writer, double number);
Digits shortest_digits(double positive);
std::string in_ecmascript_layout(const Digits& digits);
int utf16_rank(char byte);
std::string escape(char character);

}  // namespace

Result<std::string> canonical_json(const json::value& value) {
    CanonicalJsonWriter writer;
    if (auto added = add_value(writer, value); !added) return fail(std::move(added).error());
    return writer.take();
}

bool is_before_in_utf16(std::string_view left, std::string_view right) {
    return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end(),
                                        [](char a, char b) { return utf16_rank(a) < utf16_rank(b); });
}

void CanonicalJsonWriter::add_text(std::string_view text) {
    json_ += '"';
    std::size_t run = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
        json_.append(text, run, i - run);
        json_ += escape(text[i]);
        run = i + 1;
    }
    json_.append(text, run);
    json_ += '"';
}

void CanonicalJsonWriter::add_integer(std::int64_t number) {
    assert(number >= -largest_integer && number <= largest_integer && "larger integers do not fit a JSON number");
    std::array<char, 20> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    json_.append(text.data(), end);
}

void CanonicalJsonWriter::add_number(double number) {
    assert(std::isfinite(number) && "JSON has no NaN and no infinity");
    if (std::abs(number) < std::numeric_limits<double>::denorm_min()) {
        json_ += '0';
        return;
    }
    if (number < 0) json_ += '-';
    json_ += in_ecmascript_layout(shortest_digits(std::abs(number)));
}

namespace {

Result<void> add_value(CanonicalJsonWriter& writer, const json::value& value) {
    switch (value.kind()) {
        case json::kind::null: writer.add_raw("null"); return {};
        case json::kind::bool_: writer.add_raw(value.get_bool() ? "true" : "false"); return {};
        case json::kind::int64: return add_wide_integer(writer, value.get_int64());
        case json::kind::uint64: return add_wide_integer(writer, value.get_uint64());
        case json::kind::double_: return add_finite(writer, value.get_double());
        case json::kind::string: writer.add_text(value.get_string()); return {};
        case json::kind::array: return add_array(writer, value.get_array());
        case json::kind::object: return add_object(writer, value.get_object());
    }
    return {};
}

Result<void> add_array(CanonicalJsonWriter& writer, const json::array& array) {
    writer.add_raw("[");
    for (std::size_t i = 0; i < array.size(); ++i) {
        if (i > 0) writer.add_raw(",");
        if (auto added = add_value(writer, array[i]); !added) return added;
    }
    writer.add_raw("]");
    return {};
}

Result<void> add_object(CanonicalJsonWriter& writer, const json::object& object) {
    std::vector<const json::key_value_pair*> members;
    for (const auto& member : object) members.push_back(&member);
    std::sort(members.begin(), members.end(),
              [](const auto* a, const auto* b) { return is_before_in_utf16(a->key(), b->key()); });
    writer.add_raw("{");
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (i > 0) writer.add_raw(",");
        writer.add_text(members[i]->key());
        writer.add_raw(":");
        if (auto added = add_value(writer, members[i]->value()); !added) return added;
    }
    writer.add_raw("}");
    return {};
}

template <typename Integer>
Result<void> add_wide_integer(CanonicalJsonWriter& writer, Integer number) {
    constexpr double above_all = std::is_signed_v<Integer> ? 0x1p63 : 0x1p64;
    const auto nearest = static_cast<double>(number);
    if (nearest >= above_all || static_cast<Integer>(nearest) != number) {
        return fail(ErrorCode::invalid, fmt::format("the integer {} is not exact in a JSON number", number),
                    "write it as a text");
    }
    return add_finite(writer, nearest);
}

Result<void> add_finite(CanonicalJsonWriter& writer, double number) {
    if (!std::isfinite(number)) return fail(ErrorCode::invalid, "JSON has no NaN and no infinity");
    writer.add_number(number);
    return {};
}

Digits shortest_digits(double positive) {
    std::array<char, 32> text;
    const char* end =
        std::to_chars(text.data(), text.data() + text.size(), positive, std::chars_format::scientific).ptr;
    Digits result;
    const char* at = text.data();
    for (; *at != 'e'; ++at) {
        if (*at != '.') result.digits[static_cast<std::size_t>(result.count++)] = *at;
    }
    const char* exponent = at[1] == '+' ? at + 2 : at + 1;
    std::from_chars(exponent, end, result.exponent);
    ++result.exponent;
    return result;
}

// ECMA-262, Number::toString, steps 6 to 10 for radix 10.
std::string in_ecmascript_layout(const Digits& number) {
    const std::string_view digits(number.digits.data(), static_cast<std::size_t>(number.count));
    const int n = number.exponent;
    const auto whole = static_cast<std::size_t>(std::max(n, 0));
    if (number.count <= n && n <= 21) return std::string(digits) + std::string(whole - digits.size(), '0');
    if (0 < n && n <= 21) return fmt::format("{}.{}", digits.substr(0, whole), digits.substr(whole));
    if (-6 < n && n <= 0) return fmt::format("0.{}{}", std::string(static_cast<std::size_t>(-n), '0'), digits);
    const char sign = n > 0 ? '+' : '-';
    const int exponent = std::abs(n - 1);
    if (number.count == 1) return fmt::format("{}e{}{}", digits, sign, exponent);
    return fmt::format("{}.{}e{}{}", digits.substr(0, 1), digits.substr(1), sign, exponent);
}

// In UTF-16 a character beyond U+FFFF (first byte F0 and up) begins with a surrogate, which stands
// before U+E000 (first byte EE). All other bytes keep their order.
int utf16_rank(char character) {
    const int byte = static_cast<unsigned char>(character);
    if (byte < 0xEE) return byte;
    return byte < 0xF0 ? byte + 0x10 : byte - 2;
}

std::string escape(char character) {
    switch (character) {
        case '"': return "\\\"";
        case '\\': return "\\\\";
        case '\b': return "\\b";
        case '\t': return "\\t";
        case '\n': return "\\n";
        case '\f': return "\\f";
        case '\r': return "\\r";
        default: return fmt::format("\\u{:04x}", static_cast<unsigned>(character));
    }
}

}  // namespace
}  // namespace segmentd
