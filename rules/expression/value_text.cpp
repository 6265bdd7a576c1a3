#include "rules/expression/value_text.hpp"

#include <fmt/format.h>

#include <cmath>

#include "rules/expression/instant_text.hpp"

namespace segmentd::rules::expression {
namespace {

std::string quoted(std::string_view text);
std::string base64(std::string_view bytes);
std::string list_text(const std::vector<Value>& elements);
std::string map_text(const Map& map);

}  // namespace

std::string to_json_text(const Value& value) {
    switch (value.kind()) {
        case Kind::missing: return quoted("(missing)");
        case Kind::null: return "null";
        case Kind::boolean: return value.as_boolean() ? "true" : "false";
        case Kind::integer: return fmt::format("{}", value.as_integer());
        case Kind::unsigned_integer: return fmt::format("{}", value.as_unsigned());
        case Kind::real: {
            const std::string text = real_text(value.as_real());
            return std::isfinite(value.as_real()) ? text : quoted(text);
        }
        case Kind::string: return quoted(value.as_text());
        case Kind::bytes: return quoted(base64(value.as_text()));
        case Kind::list: return list_text(value.as_list());
        case Kind::map: return map_text(value.as_map());
        case Kind::optional: return value.as_optional() == nullptr ? "null" : to_json_text(*value.as_optional());
        case Kind::timestamp: return quoted(instant_text(value.as_instant()));
        case Kind::duration: return quoted(nanoseconds_text(value.as_nanoseconds()));
        case Kind::type: return quoted(kind_name(value.as_type()));
    }
    return {};
}

const char* kind_name(Kind kind) {
    switch (kind) {
        case Kind::missing: return "missing";
        case Kind::null: return "null_type";
        case Kind::boolean: return "bool";
        case Kind::integer: return "int";
        case Kind::unsigned_integer: return "uint";
        case Kind::real: return "double";
        case Kind::string: return "string";
        case Kind::bytes: return "bytes";
        case Kind::list: return "list";
        case Kind::map: return "map";
        case Kind::optional: return "optional_type";
        case Kind::timestamp: return "google.protobuf.Timestamp";
        case Kind::duration: return "google.protobuf.Duration";
        case Kind::type: return "type";
    }
    return "";
}

std::string real_text(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
    return fmt::format("{}", value);
}

namespace {

std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char character : text) {
        switch (character) {
            case '"': result += "\\\""; break;
            case '\\': result += "\\\\"; break;
            case '\n': result += "\\n"; break;
            case '\r': result += "\\r"; break;
            case '\t': result += "\\t"; break;
            default:
                if (static_cast<unsigned char>(character) < 0x20) {
                    result += fmt::format("\\u{:04x}", static_cast<unsigned>(character));
                } else {
                    result += character;
                }
        }
    }
    return result + '"';
}

std::string base64(std::string_view bytes) {
    static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string result;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto byte = [&](std::size_t at) -> std::uint32_t {
            return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
        };
        const std::uint32_t group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
        result += alphabet[group >> 18 & 63];
        result += alphabet[group >> 12 & 63];
        result += i + 1 < bytes.size() ? alphabet[group >> 6 & 63] : '=';
        result += i + 2 < bytes.size() ? alphabet[group & 63] : '=';
    }
    return result;
}

std::string list_text(const std::vector<Value>& elements) {
    std::string result = "[";
    for (const Value& element : elements) {
        if (result.size() > 1) result += ", ";
        result += to_json_text(element);
    }
    return result + "]";
}

std::string map_text(const Map& map) {
    std::string result = "{";
    for (const auto& [key, value] : map.entries()) {
        if (result.size() > 1) result += ", ";
        const std::string key_text = to_json_text(key);
        result += (key.kind() == Kind::string ? key_text : quoted(key_text)) + ": " + to_json_text(value);
    }
    return result + "}";
}

}  // namespace

}  // namespace segmentd::rules::expression
