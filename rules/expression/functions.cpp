#include "rules/expression/functions.hpp"

#include <algorithm>

namespace segmentd::rules::expression {
namespace {

using enum Function;
constexpr auto function = CallStyle::function;
constexpr auto method = CallStyle::method;
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
    {"size", size, function, 1, {string}, integer},
    {"size", size, function, 1, {bytes}, integer},
    {"size", size, function, 1, {TypeKind::list}, integer},
    {"size", size, function, 1, {TypeKind::map}, integer},
    {"size", size, method, 1, {string}, integer},
    {"size", size, method, 1, {bytes}, integer},
    {"size", size, method, 1, {TypeKind::list}, integer},
    {"size", size, method, 1, {TypeKind::map}, integer},
    {"contains", contains, method, 2, {string, string}, boolean},
    {"startsWith", starts_with, method, 2, {string, string}, boolean},
    {"endsWith", ends_with, method, 2, {string, string}, boolean},
    {"matches", matches, method, 2, {string, string}, boolean},
    {"matches", matches, function, 2, {string, string}, boolean},

    {"bool", to_bool, function, 1, {boolean}, boolean},
    {"bool", to_bool, function, 1, {string}, boolean},
    {"bytes", to_bytes, function, 1, {bytes}, bytes},
    {"bytes", to_bytes, function, 1, {string}, bytes},
    {"double", to_double, function, 1, {real}, real},
    {"double", to_double, function, 1, {integer}, real},
    {"double", to_double, function, 1, {uinteger}, real},
    {"double", to_double, function, 1, {string}, real},
    {"dyn", to_dyn, function, 1, {dyn}, dyn},
    {"duration", to_duration, function, 1, {duration}, duration},
    {"duration", to_duration, function, 1, {string}, duration},
    {"int", to_int, function, 1, {integer}, integer},
    {"int", to_int, function, 1, {uinteger}, integer},
    {"int", to_int, function, 1, {real}, integer},
    {"int", to_int, function, 1, {string}, integer},
    {"int", to_int, function, 1, {timestamp}, integer},
    {"string", to_string, function, 1, {string}, string},
    {"string", to_string, function, 1, {boolean}, string},
    {"string", to_string, function, 1, {integer}, string},
    {"string", to_string, function, 1, {uinteger}, string},
    {"string", to_string, function, 1, {real}, string},
    {"string", to_string, function, 1, {bytes}, string},
    {"string", to_string, function, 1, {timestamp}, string},
    {"string", to_string, function, 1, {duration}, string},
    {"timestamp", to_timestamp, function, 1, {timestamp}, timestamp},
    {"timestamp", to_timestamp, function, 1, {string}, timestamp},
    {"timestamp", to_timestamp, function, 1, {integer}, timestamp},
    {"type", to_type, function, 1, {dyn}, TypeKind::type},
    {"uint", to_uint, function, 1, {uinteger}, uinteger},
    {"uint", to_uint, function, 1, {integer}, uinteger},
    {"uint", to_uint, function, 1, {real}, uinteger},
    {"uint", to_uint, function, 1, {string}, uinteger},

    {"getDate", get_date, method, 1, {timestamp}, integer},
    {"getDate", get_date, method, 2, {timestamp, string}, integer},
    {"getDayOfMonth", get_day_of_month, method, 1, {timestamp}, integer},
    {"getDayOfMonth", get_day_of_month, method, 2, {timestamp, string}, integer},
    {"getDayOfWeek", get_day_of_week, method, 1, {timestamp}, integer},
    {"getDayOfWeek", get_day_of_week, method, 2, {timestamp, string}, integer},
    {"getDayOfYear", get_day_of_year, method, 1, {timestamp}, integer},
    {"getDayOfYear", get_day_of_year, method, 2, {timestamp, string}, integer},
    {"getFullYear", get_full_year, method, 1, {timestamp}, integer},
    {"getFullYear", get_full_year, method, 2, {timestamp, string}, integer},
    {"getHours", get_hours, method, 1, {timestamp}, integer},
    {"getHours", get_hours, method, 2, {timestamp, string}, integer},
    {"getHours", get_hours, method, 1, {duration}, integer},
    {"getMilliseconds", get_milliseconds, method, 1, {timestamp}, integer},
    {"getMilliseconds", get_milliseconds, method, 2, {timestamp, string}, integer},
    {"getMilliseconds", get_milliseconds, method, 1, {duration}, integer},
    {"getMinutes", get_minutes, method, 1, {timestamp}, integer},
    {"getMinutes", get_minutes, method, 2, {timestamp, string}, integer},
    {"getMinutes", get_minutes, method, 1, {duration}, integer},
    {"getMonth", get_month, method, 1, {timestamp}, integer},
    {"getMonth", get_month, method, 2, {timestamp, string}, integer},
    {"getSeconds", get_seconds, method, 1, {timestamp}, integer},
    {"getSeconds", get_seconds, method, 2, {timestamp, string}, integer},
    {"getSeconds", get_seconds, method, 1, {duration}, integer},
};

}  // namespace

std::vector<Overload> find_overloads(std::string_view name, CallStyle style) {
    std::vector<Overload> found;
    for (const Overload& overload : overloads) {
        if (overload.name == name && overload.style == style) found.push_back(overload);
    }
    return found;
}

std::vector<std::string> function_names() {
    std::vector<std::string> names;
    for (const Overload& overload : overloads) {
        if (names.empty() || names.back() != overload.name) names.emplace_back(overload.name);
    }
    return names;
}

}  // namespace segmentd::rules::expression
