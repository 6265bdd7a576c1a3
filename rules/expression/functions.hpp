// The standard functions: their names, and the types they take and give.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/expression/type.hpp"

namespace segmentd::rules::expression {

enum class Function : std::uint8_t {
    size,
    contains,
    starts_with,
    ends_with,
    matches,
    to_bool,
    to_bytes,
    to_double,
    to_dyn,
    to_duration,
    to_int,
    to_string,
    to_timestamp,
    to_type,
    to_uint,
    get_date,
    get_day_of_month,
    get_day_of_week,
    get_day_of_year,
    get_full_year,
    get_hours,
    get_milliseconds,
    get_minutes,
    get_month,
    get_seconds,
};

enum class CallStyle : std::uint8_t { function, method };

// One way to call a function. A dyn parameter takes any type.
struct Overload {
    const char* name;
    Function function;
    CallStyle style;
    std::uint8_t arity;  // with the target of a method
    std::array<TypeKind, 2> parameters;
    TypeKind result;
};

// All overloads of a name in a style, in no order that matters; empty for an unknown name.
std::vector<Overload> find_overloads(std::string_view name, CallStyle style);

// Every function name, for hints.
std::vector<std::string> function_names();

}  // namespace segmentd::rules::expression
