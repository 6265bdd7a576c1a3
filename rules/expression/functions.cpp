#include "rules/expression/functions.hpp"

#include <algorithm>

namespace segmentd::rules::expression {
namespace {

using enum Function;
constexpr auto as_function = CallStyle::function;
constexpr auto as_method = CallStyle::method;
constexpr auto dyn = TypeKind::dyn;
constexpr auto boolean = TypeKind::boolean;
constexpr auto integer = TypeKind::integer;
constexpr auto uinteger = TypeKind::unsigned_integer;
constexpr auto real = TypeKind::real;
constexpr auto string = TypeKind::string;
constexpr auto bytes = TypeKind::bytes;
constexpr auto timestamp = TypeKind::timestamp;
constexpr auto duration = TypeKind::duration;

constexpr Overload overloads[] = {
    {"size", size, as_function, 1, {string}, integer},
    {"size", size, as_function, 1, {bytes}, integer},
    {"size", size, as_function, 1, {TypeKind::list}, integer},
    {"size", size, as_function, 1, {TypeKind::map}, integer},
    {"size", size, as_method, 1, {string}, integer},
    {"size", size, as_method, 1, {bytes}, integer},
    {"size", size, as_method, 1, {TypeKind::list}, integer},
    {"size", size, as_method, 1, {TypeKind::map}, integer},
    {"contains", contains, as_method, 2, {string, string}, boolean},
    {"startsWith", starts_with, as_method, 2, {string, string}, boolean},
    {"endsWith", ends_with, as_method, 2, {string, string}, boolean},
    {"matches", matches, as_method, 2, {string, string}, boolean},
    {"matches", matches, as_function, 2, {string, string}, boolean},

    {"bool", to_bool, as_function, 1, {boolean}, boolean},
    {"bool", to_bool, as_function, 1, {string}, boolean},
    {"bytes", to_bytes, as_function, 1, {bytes}, bytes},
    {"bytes", to_bytes, as_function, 1, {string}, bytes},
    {"double", to_double, as_function, 1, {real}, real},
    {"double", to_double, as_function, 1, {integer}, real},
    {"double", to_double, as_function, 1, {uinteger}, real},
    {"double", to_double, as_function, 1, {string}, real},
    {"dyn", to_dyn, as_function, 1, {dyn}, dyn},
    {"duration", to_duration, as_function, 1, {duration}, duration},
    {"duration", to_duration, as_function, 1, {string}, duration},
    {"int", to_int, as_function, 1, {integer}, integer},
    {"int", to_int, as_function, 1, {uinteger}, integer},
    {"int", to_int, as_function, 1, {real}, integer},
    {"int", to_int, as_function, 1, {string}, integer},
    {"int", to_int, as_function, 1, {timestamp}, integer},
    {"string", to_string, as_function, 1, {string}, string},
    {"string", to_string, as_function, 1, {boolean}, string},
    {"string", to_string, as_function, 1, {integer}, string},
    {"string", to_string, as_function, 1, {uinteger}, string},
    {"string", to_string, as_function, 1, {real}, string},
    {"string", to_string, as_function, 1, {bytes}, string},
    {"string", to_string, as_function, 1, {timestamp}, string},
    {"string", to_string, as_function, 1, {duration}, string},
    {"timestamp", to_timestamp, as_function, 1, {timestamp}, timestamp},
    {"timestamp", to_timestamp, as_function, 1, {string}, timestamp},
    {"timestamp", to_timestamp, as_function, 1, {integer}, timestamp},
    {"type", to_type, as_function, 1, {dyn}, TypeKind::type},
    {"uint", to_uint, as_function, 1, {uinteger}, uinteger},
    {"uint", to_uint, as_function, 1, {integer}, uinteger},
    {"uint", to_uint, as_function, 1, {real}, uinteger},
    {"uint", to_uint, as_function, 1, {string}, uinteger},

    {"getDate", get_date, as_method, 1, {timestamp}, integer},
    {"getDate", get_date, as_method, 2, {timestamp, string}, integer},
    {"getDayOfMonth", get_day_of_month, as_method, 1, {timestamp}, integer},
    {"getDayOfMonth", get_day_of_month, as_method, 2, {timestamp, string}, integer},
    {"getDayOfWeek", get_day_of_week, as_method, 1, {timestamp}, integer},
    {"getDayOfWeek", get_day_of_week, as_method, 2, {timestamp, string}, integer},
    {"getDayOfYear", get_day_of_year, as_method, 1, {timestamp}, integer},
    {"getDayOfYear", get_day_of_year, as_method, 2, {timestamp, string}, integer},
    {"getFullYear", get_full_year, as_method, 1, {timestamp}, integer},
    {"getFullYear", get_full_year, as_method, 2, {timestamp, string}, integer},
    {"getHours", get_hours, as_method, 1, {timestamp}, integer},
    {"getHours", get_hours, as_method, 2, {timestamp, string}, integer},
    {"getHours", get_hours, as_method, 1, {duration}, integer},
    {"getMilliseconds", get_milliseconds, as_method, 1, {timestamp}, integer},
    {"getMilliseconds", get_milliseconds, as_method, 2, {timestamp, string}, integer},
    {"getMilliseconds", get_milliseconds, as_method, 1, {duration}, integer},
    {"getMinutes", get_minutes, as_method, 1, {timestamp}, integer},
    {"getMinutes", get_minutes, as_method, 2, {timestamp, string}, integer},
    {"getMinutes", get_minutes, as_method, 1, {duration}, integer},
    {"getMonth", get_month, as_method, 1, {timestamp}, integer},
    {"getMonth", get_month, as_method, 2, {timestamp, string}, integer},
    {"getSeconds", get_seconds, as_method, 1, {timestamp}, integer},
    {"getSeconds", get_seconds, as_method, 2, {timestamp, string}, integer},
    {"getSeconds", get_seconds, as_method, 1, {duration}, integer},

    {"charAt", char_at, as_method, 2, {string, integer}, string},
    {"format", format, as_method, 2, {string, TypeKind::list}, string},
    {"indexOf", index_of, as_method, 2, {string, string}, integer},
    {"indexOf", index_of, as_method, 3, {string, string, integer}, integer},
    {"join", join_list, as_method, 1, {TypeKind::list}, string},
    {"join", join_list, as_method, 2, {TypeKind::list, string}, string},
    {"lastIndexOf", last_index_of, as_method, 2, {string, string}, integer},
    {"lastIndexOf", last_index_of, as_method, 3, {string, string, integer}, integer},
    {"lowerAscii", lower_ascii, as_method, 1, {string}, string},
    {"strings.quote", quote, as_function, 1, {string}, string},
    {"replace", replace, as_method, 3, {string, string, string}, string},
    {"replace", replace, as_method, 4, {string, string, string, integer}, string},
    {"reverse", reverse, as_method, 1, {string}, string},
    {"split", split, as_method, 2, {string, string}, TypeKind::list},
    {"split", split, as_method, 3, {string, string, integer}, TypeKind::list},
    {"substring", substring, as_method, 2, {string, integer}, string},
    {"substring", substring, as_method, 3, {string, integer, integer}, string},
    {"trim", trim, as_method, 1, {string}, string},
    {"upperAscii", upper_ascii, as_method, 1, {string}, string},

    {"math.abs", absolute, as_function, 1, {integer}, integer},
    {"math.abs", absolute, as_function, 1, {uinteger}, uinteger},
    {"math.abs", absolute, as_function, 1, {real}, real},
    {"math.sign", sign, as_function, 1, {integer}, integer},
    {"math.sign", sign, as_function, 1, {uinteger}, uinteger},
    {"math.sign", sign, as_function, 1, {real}, real},
    {"math.bitAnd", bit_and, as_function, 2, {integer, integer}, integer},
    {"math.bitAnd", bit_and, as_function, 2, {uinteger, uinteger}, uinteger},
    {"math.bitOr", bit_or, as_function, 2, {integer, integer}, integer},
    {"math.bitOr", bit_or, as_function, 2, {uinteger, uinteger}, uinteger},
    {"math.bitXor", bit_xor, as_function, 2, {integer, integer}, integer},
    {"math.bitXor", bit_xor, as_function, 2, {uinteger, uinteger}, uinteger},
    {"math.bitNot", bit_not, as_function, 1, {integer}, integer},
    {"math.bitNot", bit_not, as_function, 1, {uinteger}, uinteger},
    {"math.bitShiftLeft", bit_shift_left, as_function, 2, {integer, integer}, integer},
    {"math.bitShiftLeft", bit_shift_left, as_function, 2, {uinteger, integer}, uinteger},
    {"math.bitShiftRight", bit_shift_right, as_function, 2, {integer, integer}, integer},
    {"math.bitShiftRight", bit_shift_right, as_function, 2, {uinteger, integer}, uinteger},
    {"math.ceil", ceiling, as_function, 1, {real}, real},
    {"math.floor", floor, as_function, 1, {real}, real},
    {"math.round", round, as_function, 1, {real}, real},
    {"math.trunc", truncate, as_function, 1, {real}, real},
    {"math.isFinite", is_finite, as_function, 1, {real}, boolean},
    {"math.isInf", is_infinite, as_function, 1, {real}, boolean},
    {"math.isNaN", is_nan, as_function, 1, {real}, boolean},
    {"math.sqrt", square_root, as_function, 1, {integer}, real},
    {"math.sqrt", square_root, as_function, 1, {uinteger}, real},
    {"math.sqrt", square_root, as_function, 1, {real}, real},
    {"math.greatest", greatest, as_function, 1, {integer}, integer},
    {"math.greatest", greatest, as_function, 1, {uinteger}, uinteger},
    {"math.greatest", greatest, as_function, 1, {real}, real},
    {"math.greatest", greatest, as_function, 1, {TypeKind::list}, dyn},
    {"math.least", least, as_function, 1, {integer}, integer},
    {"math.least", least, as_function, 1, {uinteger}, uinteger},
    {"math.least", least, as_function, 1, {real}, real},
    {"math.least", least, as_function, 1, {TypeKind::list}, dyn},

    {"optional.none", optional_none, as_function, 0, {}, TypeKind::optional},
    {"optional.of", optional_of, as_function, 1, {dyn}, TypeKind::optional},
    {"optional.ofNonZeroValue", optional_of_non_zero, as_function, 1, {dyn}, TypeKind::optional},
    {"hasValue", optional_has_value, as_method, 1, {TypeKind::optional}, boolean},
    {"or", optional_or, as_method, 2, {TypeKind::optional, TypeKind::optional}, TypeKind::optional},
    {"orValue", optional_or_value, as_method, 2, {TypeKind::optional, dyn}, dyn},
    {"value", optional_value, as_method, 1, {TypeKind::optional}, dyn},
};

bool is_of(const Value& value, TypeKind type);

// What a list, map or optional holds; dyn of anything else.
Type held_type(const Type& type);

constexpr std::size_t functions = static_cast<std::size_t>(optional_value) + 1;

// Where the overloads of each function begin.
constexpr auto first_overloads = [] {
    std::array<std::size_t, functions> first = {};
    for (std::size_t i = std::size(overloads); i > 0; --i) {
        first[static_cast<std::size_t>(overloads[i - 1].function)] = i - 1;
    }
    return first;
}();

}  // namespace

std::vector<Overload> find_overloads(std::string_view name, CallStyle style) {
    std::vector<Overload> found;
    for (const Overload& overload : overloads) {
        if (overload.name == name && overload.style == style) found.push_back(overload);
    }
    return found;
}

Library library_of(Function function) {
    if (function < Function::get_date) return Library::core;
    if (function < Function::char_at) return Library::time;
    if (function < Function::absolute) return Library::strings;
    return function < Function::optional_none ? Library::math : Library::optionals;
}

std::span<const Overload> overloads_of(Function function) {
    const std::size_t first = first_overloads[static_cast<std::size_t>(function)];
    std::size_t end = first;
    while (end < std::size(overloads) && overloads[end].function == function) ++end;
    return std::span(overloads).subspan(first, end - first);
}

bool accepts(Function function, std::span<const Value* const> arguments) {
    return std::ranges::any_of(overloads_of(function), [&](const Overload& overload) {
        if (overload.arity != arguments.size()) return false;
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            if (!is_of(*arguments[i], overload.parameters[i])) return false;
        }
        return true;
    });
}

std::optional<Type> generic_result(Function function, std::span<const Type> arguments, const Type& result) {
    switch (function) {
        case split: return Type::list_of(TypeKind::string);
        case join_list:
            if (!fits(held_type(arguments[0]), string)) return std::nullopt;
            return result;
        case greatest:
        case least: {
            if (arguments[0].kind != TypeKind::list) return result;
            const Type element = held_type(arguments[0]);
            return element.is_dyn() || element.is_number() ? std::optional(element) : std::nullopt;
        }
        case optional_of:
        case optional_of_non_zero: return Type::optional_of(arguments[0]);
        case optional_value: return held_type(arguments[0]);
        case optional_or:
            if (!fits(held_type(arguments[0]), held_type(arguments[1]))) return std::nullopt;
            return Type::optional_of(join(held_type(arguments[0]), held_type(arguments[1])));
        case optional_or_value:
            if (!fits(held_type(arguments[0]), arguments[1])) return std::nullopt;
            return join(held_type(arguments[0]), arguments[1]);
        default: return result;
    }
}

std::uint64_t work_of(Function function, std::span<const std::uint64_t> weights) {
    constexpr std::uint64_t weight_of_a_compilation = 1'600;
    std::uint64_t work = 0;
    for (const std::uint64_t weight : weights) work += weight;
    switch (function) {
        case matches: work += weight_of_a_compilation * weights[1]; [[fallthrough]];
        case contains:
        case index_of:
        case last_index_of:
        case replace:
        case split: return work + weights[0] * weights[1];
        default: return work;
    }
}

bool is_library_name(std::string_view name) {
    return name == "math" || name == "strings" || name == "optional" || name == "cel";
}

std::vector<std::string> function_names() {
    std::vector<std::string> names;
    for (const Overload& overload : overloads) {
        if (names.empty() || names.back() != overload.name) names.emplace_back(overload.name);
    }
    return names;
}

namespace {

bool is_of(const Value& value, TypeKind type) {
    switch (type) {
        case TypeKind::dyn: return true;
        case TypeKind::null: return value.kind() == Kind::null;
        case TypeKind::boolean: return value.kind() == Kind::boolean;
        case TypeKind::integer: return value.kind() == Kind::integer;
        case TypeKind::unsigned_integer: return value.kind() == Kind::unsigned_integer;
        case TypeKind::real: return value.kind() == Kind::real;
        case TypeKind::string: return value.kind() == Kind::string;
        case TypeKind::bytes: return value.kind() == Kind::bytes;
        case TypeKind::timestamp: return value.kind() == Kind::timestamp;
        case TypeKind::duration: return value.kind() == Kind::duration;
        case TypeKind::list: return value.kind() == Kind::list;
        case TypeKind::map: return value.kind() == Kind::map;
        case TypeKind::optional: return value.kind() == Kind::optional;
        case TypeKind::type: return value.kind() == Kind::type;
    }
    return false;
}

Type held_type(const Type& type) {
    return type.parameters.empty() ? Type() : type.parameters.back();
}

}  // namespace

}  // namespace segmentd::rules::expression
