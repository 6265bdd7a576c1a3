#include "rules/expression/math_extension.hpp"

#include <cmath>
#include <compare>
#include <limits>

#include "rules/expression/compare.hpp"

namespace segmentd::rules::expression {
namespace {

Outcome absolute(const Value& number);
Value sign(const Value& number);
Outcome extreme(Function function, const Value& argument);
Outcome shifted(Function function, const Value& number, std::int64_t places);
std::uint64_t combined(Function function, std::uint64_t left, std::uint64_t right);
double nearest_real(const Value& number);

// Bits as a number of the same kind as another.
Value of_kind(const Value& model, std::uint64_t bits) {
    return model.kind() == Kind::integer ? Value::integer(static_cast<std::int64_t>(bits))
                                         : Value::unsigned_integer(bits);
}

}  // namespace

Outcome apply_math(Function function, std::span<const Value* const> arguments) {
    const Value& first = *arguments[0];
    switch (function) {
        case Function::absolute: return absolute(first);
        case Function::bit_not: return of_kind(first, ~first.as_unsigned());
        case Function::bit_shift_left:
        case Function::bit_shift_right: return shifted(function, first, arguments[1]->as_integer());
        case Function::ceiling: return Value::real(std::ceil(first.as_real()));
        case Function::floor: return Value::real(std::floor(first.as_real()));
        case Function::greatest:
        case Function::least: return extreme(function, first);
        case Function::is_finite: return Value::boolean(std::isfinite(first.as_real()));
        case Function::is_infinite: return Value::boolean(std::isinf(first.as_real()));
        case Function::is_nan: return Value::boolean(std::isnan(first.as_real()));
        case Function::round: return Value::real(std::round(first.as_real()));
        case Function::sign: return sign(first);
        case Function::square_root: return Value::real(std::sqrt(nearest_real(first)));
        case Function::truncate: return Value::real(std::trunc(first.as_real()));
        default: return of_kind(first, combined(function, first.as_unsigned(), arguments[1]->as_unsigned()));
    }
}

namespace {

Outcome absolute(const Value& number) {
    if (number.kind() == Kind::real) return Value::real(std::abs(number.as_real()));
    if (number.kind() == Kind::unsigned_integer || number.as_integer() >= 0) return number;
    if (number.as_integer() == std::numeric_limits<std::int64_t>::min()) {
        return no_value(EvaluationErrorKind::overflow, "the absolute number is beyond 64 bits");
    }
    return Value::integer(-number.as_integer());
}

// NaN and both zeros are their own sign.
Value sign(const Value& number) {
    if (number.kind() == Kind::unsigned_integer) return Value::unsigned_integer(number.as_unsigned() > 0 ? 1 : 0);
    if (number.kind() == Kind::integer) return Value::integer((number.as_integer() > 0) - (number.as_integer() < 0));
    if (number.as_real() > 0) return Value::real(1);
    return number.as_real() < 0 ? Value::real(-1) : number;
}

bool is_number(const Value& value) {
    return value.kind() == Kind::integer || value.kind() == Kind::unsigned_integer || value.kind() == Kind::real;
}

Outcome extreme(Function function, const Value& argument) {
    if (argument.kind() != Kind::list) return argument;
    const auto& numbers = argument.as_list();
    if (numbers.empty()) return no_value(EvaluationErrorKind::invalid_argument, "there is no number to choose from");
    const Value* best = &numbers.front();
    for (const Value& number : numbers) {
        if (!is_number(number)) return no_value(EvaluationErrorKind::no_such_overload, "only numbers are chosen from");
        const auto compared = *order(number, *best);
        if (function == Function::greatest ? std::is_gt(compared) : std::is_lt(compared)) best = &number;
    }
    return *best;
}

Outcome shifted(Function function, const Value& number, std::int64_t places) {
    constexpr std::int64_t bits = 64;
    if (places < 0) return no_value(EvaluationErrorKind::invalid_argument, "a shift goes by 0 places or more");
    if (places >= bits) return of_kind(number, 0);
    const bool is_left = function == Function::bit_shift_left;
    return of_kind(number, is_left ? number.as_unsigned() << places : number.as_unsigned() >> places);
}

std::uint64_t combined(Function function, std::uint64_t left, std::uint64_t right) {
    if (function == Function::bit_and) return left & right;
    return function == Function::bit_or ? left | right : left ^ right;
}

double nearest_real(const Value& number) {
    if (number.kind() == Kind::integer) return static_cast<double>(number.as_integer());
    return number.kind() == Kind::real ? number.as_real() : static_cast<double>(number.as_unsigned());
}

}  // namespace

}  // namespace segmentd::rules::expression
