// The functions of the standard and of its libraries strings, math and optionals: their names, and the types they take
// and give.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/expression/syntax.hpp"
#include "rules/expression/type.hpp"
#include "rules/expression/value.hpp"

namespace segmentd::rules::expression {

// Grouped by library; library_of() knows where each begins.
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
    char_at,
    format,
    index_of,
    join_list,
    last_index_of,
    lower_ascii,
    quote,
    replace,
    reverse,
    split,
    substring,
    trim,
    upper_ascii,
    absolute,
    bit_and,
    bit_not,
    bit_or,
    bit_shift_left,
    bit_shift_right,
    bit_xor,
    ceiling,
    floor,
    greatest,
    is_finite,
    is_infinite,
    is_nan,
    least,
    round,
    sign,
    square_root,
    truncate,
    optional_none,
    optional_of,
    optional_of_non_zero,
    optional_has_value,
    optional_or,
    optional_or_value,
    optional_value,
};

enum class Library : std::uint8_t { core, time, strings, math, optionals };
Library library_of(Function function);

inline constexpr std::size_t most_arguments = 4;

enum class CallStyle : std::uint8_t { function, method };

// One way to call a function. A dyn parameter takes any type.
struct Overload {
    const char* name;
    Function function;
    CallStyle style;
    std::uint8_t arity;  // with the target of a method
    std::array<TypeKind, most_arguments> parameters;
    TypeKind result;
};

// All overloads of a name in a style, in no order that matters; empty for an unknown name.
std::vector<Overload> find_overloads(std::string_view name, CallStyle style);

// All overloads of a function; they stand beside each other.
std::span<const Overload> overloads_of(Function function);

// Whether the kinds of the arguments are those of an overload.
bool accepts(Function function, std::span<const Value* const> arguments);

// What the overload table leaves open: the type of an element, of what an optional holds, and whether the
// arguments of such a function fit together. Given the result that the table says; no value for a mistake.
std::optional<Type> generic_result(Function function, std::span<const Type> arguments, const Type& result);

// The work of one call in units of weight (see Value::weight), by the weights of its arguments. Evaluation
// charges it, and the bound of cost foresees it.
std::uint64_t work_of(Function function, std::span<const std::uint64_t> weights);

// The same of an operator. A comparison looks at no more than the lighter side has.
inline std::uint64_t work_of(BinaryOperator operation, std::uint64_t left, std::uint64_t right) {
    return is_comparison(operation) ? std::min(left, right) : left + right;
}

// True for the word before the point of math.abs, strings.quote, optional.of and cel.bind.
bool is_library_name(std::string_view name);

// Every function name, for hints.
std::vector<std::string> function_names();

}  // namespace segmentd::rules::expression
