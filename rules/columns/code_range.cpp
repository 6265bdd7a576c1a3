#include "rules/columns/code_range.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/exact_units.hpp"
#include "rules/expression/compare.hpp"

namespace segmentd::rules {

using expression::BinaryOperator;
using expression::Kind;
using expression::Value;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr WideSum least_code = std::numeric_limits<std::int64_t>::min();
constexpr WideSum most_code = std::numeric_limits<std::int64_t>::max();

IntegerRange integer_range(const Column& column, BinaryOperator operation, const Value& literal);
RealRange double_range(BinaryOperator operation, double literal);
RealRange float_range(BinaryOperator operation, double literal);
double as_double(const Value& number);

}  // namespace

std::optional<AnyRange> codes_where(const Column& column, BinaryOperator operation, const Value& literal) {
    if (column.kind() == Kind::string || !expression::order(column.decode(0), literal)) return std::nullopt;
    const bool has_singles = std::holds_alternative<std::vector<float>>(column.codes());
    const bool has_doubles = std::holds_alternative<std::vector<double>>(column.codes());
    const bool is_not_equal = operation == BinaryOperator::not_equal;
    if (literal.kind() == Kind::real && std::isnan(literal.as_real())) {  // different from everything
        if (has_singles || has_doubles) return RealRange{infinity, -infinity, is_not_equal};
        return IntegerRange{1, 0, is_not_equal};
    }
    if (has_singles) return float_range(operation, as_double(literal));
    if (has_doubles) return double_range(operation, as_double(literal));
    return integer_range(column, operation, literal);
}

namespace {

// The first of all codes for which the claim holds, or the one after the last. The claim holds for every code after
// the first for which it does, so halving finds it.
template <typename Claim>
WideSum first_code(const Claim& claim) {
    WideSum low = least_code;
    WideSum high = most_code + 1;
    while (low < high) {
        const WideSum middle = low + (high - low) / 2;
        if (claim(static_cast<std::int64_t>(middle))) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

IntegerRange between(WideSum low, WideSum high, bool is_negated) {
    if (low > high || low > most_code || high < least_code) return {1, 0, is_negated};
    return {static_cast<std::int64_t>(low), static_cast<std::int64_t>(high), is_negated};
}

// Values grow with their codes: decoding is the same step function for the row evaluator and for this search.
IntegerRange integer_range(const Column& column, BinaryOperator operation, const Value& literal) {
    constexpr std::int64_t farthest_instant = 9'000'000'000'000'000'000;  // later codes have no whole second below them
    const auto compared = [&](std::int64_t code) {
        if (column.kind() == Kind::timestamp) code = std::clamp(code, -farthest_instant, farthest_instant);
        return *expression::order(column.decode(code), literal);
    };
    const WideSum first_not_less = first_code([&](auto code) { return std::is_gteq(compared(code)); });
    const WideSum first_greater = first_code([&](auto code) { return std::is_gt(compared(code)); });
    switch (operation) {
        case BinaryOperator::less: return between(least_code, first_not_less - 1, false);
        case BinaryOperator::less_equal: return between(least_code, first_greater - 1, false);
        case BinaryOperator::greater: return between(first_greater, most_code, false);
        case BinaryOperator::greater_equal: return between(first_not_less, most_code, false);
        case BinaryOperator::not_equal: return between(first_not_less, first_greater - 1, true);
        default: return between(first_not_less, first_greater - 1, false);
    }
}

RealRange double_range(BinaryOperator operation, double literal) {
    const RealRange none{infinity, -infinity};
    switch (operation) {
        case BinaryOperator::less:
            return literal == -infinity ? none : RealRange{-infinity, std::nextafter(literal, -infinity)};
        case BinaryOperator::less_equal: return {-infinity, literal};
        case BinaryOperator::greater:
            return literal == infinity ? none : RealRange{std::nextafter(literal, infinity), infinity};
        case BinaryOperator::greater_equal: return {literal, infinity};
        case BinaryOperator::not_equal: return {literal, literal, true};
        default: return {literal, literal};
    }
}

// The range among doubles, drawn in to the floats that lie in it.
RealRange float_range(BinaryOperator operation, double literal) {
    auto range = double_range(operation, literal);
    auto low = static_cast<float>(range.low);
    auto high = static_cast<float>(range.high);
    if (static_cast<double>(low) < range.low) low = std::nextafter(low, std::numeric_limits<float>::infinity());
    if (static_cast<double>(high) > range.high) high = std::nextafter(high, -std::numeric_limits<float>::infinity());
    return {low, high, range.is_negated};
}

// As the row evaluator compares numbers where one of them is a double.
double as_double(const Value& number) {
    if (number.kind() == Kind::integer) return static_cast<double>(number.as_integer());
    if (number.kind() == Kind::unsigned_integer) return static_cast<double>(number.as_unsigned());
    return number.as_real();
}

}  // namespace

}  // namespace segmentd::rules
