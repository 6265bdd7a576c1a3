#include "daemon/engine/population/packed_values.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>

#include "base/packed_bytes.hpp"
#include "rules/expression/value_text.hpp"

namespace segmentd::daemon {

using rules::expression::Kind;
using rules::expression::Value;

namespace {

enum class Form : char { missing, no, yes, integer, hundredths, single, full, text, json };

constexpr double most_hundredths = 0x1p53;  // whole numbers up to here are exact

bool is_same(double left, double right) {
    return std::bit_cast<std::uint64_t>(left) == std::bit_cast<std::uint64_t>(right);
}

std::optional<std::int64_t> hundredths_of(double value) {
    const double hundredths = std::round(value * 100.0);
    if (!(std::abs(hundredths) <= most_hundredths)) return std::nullopt;
    const auto whole = static_cast<std::int64_t>(hundredths);
    return is_same(static_cast<double>(whole) / 100.0, value) ? std::optional(whole) : std::nullopt;
}

void append_form(std::string& bytes, Form form) {
    bytes += static_cast<char>(form);
}

void append_text(std::string& bytes, Form form, std::string_view text) {
    append_form(bytes, form);
    append_varint(bytes, text.size());
    bytes += text;
}

std::string_view take_text(const char*& at) {
    const auto length = take_varint(at);
    const std::string_view text(at, length);
    at += length;
    return text;
}

void pack_real(std::string& bytes, double value) {
    if (const auto hundredths = hundredths_of(value)) {
        append_form(bytes, Form::hundredths);
        append_signed_varint(bytes, *hundredths);
    } else if (const auto single = static_cast<float>(value); is_same(single, value)) {
        append_form(bytes, Form::single);
        append_bits(bytes, single);
    } else {
        append_form(bytes, Form::full);
        append_bits(bytes, value);
    }
}

}  // namespace

void pack(std::string& bytes, const Value& value) {
    switch (value.kind()) {
        case Kind::missing: return append_form(bytes, Form::missing);
        case Kind::boolean: return append_form(bytes, value.as_boolean() ? Form::yes : Form::no);
        case Kind::integer: append_form(bytes, Form::integer); return append_signed_varint(bytes, value.as_integer());
        case Kind::real: return pack_real(bytes, value.as_real());
        case Kind::string: return append_text(bytes, Form::text, value.as_text());
        default: return append_text(bytes, Form::json, rules::expression::to_json_text(value));
    }
}

std::string take_json(std::string_view& packed) {
    const char* at = packed.data();
    const auto json = [&]() -> std::string {
        const auto text_of = [](const Value& value) { return rules::expression::to_json_text(value); };
        switch (static_cast<Form>(*at++)) {
            case Form::missing: break;
            case Form::no: return text_of(Value::boolean(false));
            case Form::yes: return text_of(Value::boolean(true));
            case Form::integer: return text_of(Value::integer(take_signed_varint(at)));
            case Form::hundredths: return text_of(Value::real(static_cast<double>(take_signed_varint(at)) / 100.0));
            case Form::single: return text_of(Value::real(take_bits<float>(at)));
            case Form::full: return text_of(Value::real(take_bits<double>(at)));
            case Form::text: return text_of(Value::string(std::string(take_text(at))));
            case Form::json: return std::string(take_text(at));
        }
        return "null";
    }();
    packed.remove_prefix(static_cast<std::size_t>(at - packed.data()));
    return json;
}

}  // namespace segmentd::daemon
