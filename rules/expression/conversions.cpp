#include "rules/expression/conversions.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "rules/expression/instant_text.hpp"
#include "rules/expression/number_text.hpp"
#include "rules/expression/utf8.hpp"
#include "rules/expression/value_text.hpp"

namespace segmentd::rules::expression {
namespace {

tl::unexpected<EvaluationError> no_conversion(const Value& value, const char* target) {
    return no_value(EvaluationErrorKind::no_such_overload,
                    fmt::format("{} cannot become {}", kind_name(value.kind()), target));
}

tl::unexpected<EvaluationError> out_of_range(const char* target) {
    return no_value(EvaluationErrorKind::overflow, fmt::format("the number is out of the range of {}", target));
}

tl::unexpected<EvaluationError> unreadable(const Value& text, const char* target) {
    constexpr std::size_t longest_shown = 60;
    if (text.as_text().size() > longest_shown) {
        return no_value(EvaluationErrorKind::invalid_argument, fmt::format("the text is no {}", target));
    }
    return no_value(EvaluationErrorKind::invalid_argument, fmt::format("'{}' is no {}", text.as_text(), target));
}

}  // namespace

Outcome to_int(const Value& value) {
    switch (value.kind()) {
        case Kind::integer: return value;
        case Kind::unsigned_integer:
            if (value.as_integer() < 0) return out_of_range("int");
            return Value::integer(value.as_integer());
        case Kind::real:
            if (!(value.as_real() > -0x1p63 && value.as_real() < 0x1p63)) return out_of_range("int");
            return Value::integer(static_cast<std::int64_t>(value.as_real()));
        case Kind::string: {
            const auto number = parse_integer(value.as_text());
            if (!number) return unreadable(value, "int");
            return Value::integer(*number);
        }
        case Kind::timestamp: return Value::integer(value.as_instant().seconds);
        default: return no_conversion(value, "int");
    }
}

Outcome to_uint(const Value& value) {
    switch (value.kind()) {
        case Kind::unsigned_integer: return value;
        case Kind::integer:
            if (value.as_integer() < 0) return out_of_range("uint");
            return Value::unsigned_integer(value.as_unsigned());
        case Kind::real:
            if (!(value.as_real() >= 0 && value.as_real() < 0x1p64)) return out_of_range("uint");
            return Value::unsigned_integer(static_cast<std::uint64_t>(value.as_real()));
        case Kind::string: {
            const auto number = parse_unsigned(value.as_text());
            if (!number) return unreadable(value, "uint");
            return Value::unsigned_integer(*number);
        }
        default: return no_conversion(value, "uint");
    }
}

Outcome to_double(const Value& value) {
    switch (value.kind()) {
        case Kind::real: return value;
        case Kind::integer: return Value::real(static_cast<double>(value.as_integer()));
        case Kind::unsigned_integer: return Value::real(static_cast<double>(value.as_unsigned()));
        case Kind::string: {
            const auto number = parse_real(value.as_text());
            if (!number) return unreadable(value, "double");
            return Value::real(*number);
        }
        default: return no_conversion(value, "double");
    }
}

Outcome to_string(const Value& value) {
    switch (value.kind()) {
        case Kind::string: return value;
        case Kind::boolean: return Value::string(value.as_boolean() ? "true" : "false");
        case Kind::integer: return Value::string(fmt::format("{}", value.as_integer()));
        case Kind::unsigned_integer: return Value::string(fmt::format("{}", value.as_unsigned()));
        case Kind::real: return Value::string(real_text(value.as_real()));
        case Kind::bytes:
            if (!is_utf8(value.as_text())) {
                return no_value(EvaluationErrorKind::invalid_argument, "the bytes are not valid UTF-8");
            }
            return Value::string(std::string(value.as_text()));
        case Kind::timestamp: return Value::string(instant_text(value.as_instant()));
        case Kind::duration: return Value::string(nanoseconds_text(value.as_nanoseconds()));
        default: return no_conversion(value, "string");
    }
}

Outcome to_bytes(const Value& value) {
    if (value.kind() == Kind::bytes) return value;
    if (value.kind() != Kind::string) return no_conversion(value, "bytes");
    return Value::bytes(std::string(value.as_text()));
}

Outcome to_bool(const Value& value) {
    if (value.kind() == Kind::boolean) return value;
    if (value.kind() != Kind::string) return no_conversion(value, "bool");
    for (const std::string_view word : {"1", "t", "T", "true", "TRUE", "True"}) {
        if (value.as_text() == word) return Value::boolean(true);
    }
    for (const std::string_view word : {"0", "f", "F", "false", "FALSE", "False"}) {
        if (value.as_text() == word) return Value::boolean(false);
    }
    return unreadable(value, "bool");
}

Outcome to_timestamp(const Value& value) {
    switch (value.kind()) {
        case Kind::timestamp: return value;
        case Kind::integer: {
            const Instant instant{value.as_integer(), 0};
            if (!is_in_range(instant)) return out_of_range("timestamp");
            return Value::timestamp(instant);
        }
        case Kind::string: {
            const auto instant = parse_instant(value.as_text());
            if (!instant) return unreadable(value, "timestamp");
            return Value::timestamp(*instant);
        }
        default: return no_conversion(value, "timestamp");
    }
}

Outcome to_duration(const Value& value) {
    if (value.kind() == Kind::duration) return value;
    if (value.kind() != Kind::string) return no_conversion(value, "duration");
    const auto nanoseconds = parse_nanoseconds(value.as_text());
    if (!nanoseconds) return unreadable(value, "duration");
    return Value::duration_nanoseconds(*nanoseconds);
}

}  // namespace segmentd::rules::expression
