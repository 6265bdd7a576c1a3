#include "rules/expression/arithmetic.hpp"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "rules/expression/instant_text.hpp"

namespace segmentd::rules::expression {
namespace {

constexpr std::int64_t nanoseconds_a_second = 1'000'000'000;

auto no_overload() {
    return no_value(EvaluationErrorKind::no_such_overload, "this arithmetic does not take these values");
}

auto overflow() {
    return no_value(EvaluationErrorKind::overflow, "the result is out of range");
}

auto divided_by_zero() {
    return no_value(EvaluationErrorKind::divide_by_zero, "division by zero");
}

// INT64_MIN / -1 is the one whole division that overflows.
bool quotient_overflows(const Value& left, const Value& right) {
    return left.as_integer() == std::numeric_limits<std::int64_t>::min() && right.as_integer() == -1;
}

Outcome add_lists(const Value& left, const Value& right);
Outcome add_nanoseconds(const Value& left, std::int64_t right);
Outcome shift(Instant instant, std::int64_t nanoseconds);
Outcome between(Instant later, Instant earlier);

}  // namespace

Outcome add(const Value& left, const Value& right) {
    if (left.kind() == Kind::timestamp && right.kind() == Kind::duration) {
        return shift(left.as_instant(), right.as_nanoseconds());
    }
    if (left.kind() == Kind::duration && right.kind() == Kind::timestamp) return add(right, left);
    if (left.kind() != right.kind()) return no_overload();
    switch (left.kind()) {
        case Kind::integer: {
            std::int64_t sum = 0;
            if (__builtin_add_overflow(left.as_integer(), right.as_integer(), &sum)) return overflow();
            return Value::integer(sum);
        }
        case Kind::unsigned_integer: {
            std::uint64_t sum = 0;
            if (__builtin_add_overflow(left.as_unsigned(), right.as_unsigned(), &sum)) return overflow();
            return Value::unsigned_integer(sum);
        }
        case Kind::real: return Value::real(left.as_real() + right.as_real());
        case Kind::string: return Value::string(std::string(left.as_text()).append(right.as_text()));
        case Kind::bytes: return Value::bytes(std::string(left.as_text()).append(right.as_text()));
        case Kind::list: return add_lists(left, right);
        case Kind::duration: return add_nanoseconds(left, right.as_nanoseconds());
        default: return no_overload();
    }
}

Outcome subtract(const Value& left, const Value& right) {
    if (left.kind() == Kind::timestamp && right.kind() == Kind::duration) {
        if (right.as_nanoseconds() == std::numeric_limits<std::int64_t>::min()) return overflow();
        return shift(left.as_instant(), -right.as_nanoseconds());
    }
    if (left.kind() != right.kind()) return no_overload();
    switch (left.kind()) {
        case Kind::integer: {
            std::int64_t difference = 0;
            if (__builtin_sub_overflow(left.as_integer(), right.as_integer(), &difference)) return overflow();
            return Value::integer(difference);
        }
        case Kind::unsigned_integer: {
            if (left.as_unsigned() < right.as_unsigned()) return overflow();
            return Value::unsigned_integer(left.as_unsigned() - right.as_unsigned());
        }
        case Kind::real: return Value::real(left.as_real() - right.as_real());
        case Kind::timestamp: return between(left.as_instant(), right.as_instant());
        case Kind::duration: {
            std::int64_t difference = 0;
            if (__builtin_sub_overflow(left.as_nanoseconds(), right.as_nanoseconds(), &difference)) return overflow();
            return Value::duration_nanoseconds(difference);
        }
        default: return no_overload();
    }
}

Outcome multiply(const Value& left, const Value& right) {
    if (left.kind() != right.kind()) return no_overload();
    switch (left.kind()) {
        case Kind::integer: {
            std::int64_t product = 0;
            if (__builtin_mul_overflow(left.as_integer(), right.as_integer(), &product)) return overflow();
            return Value::integer(product);
        }
        case Kind::unsigned_integer: {
            std::uint64_t product = 0;
            if (__builtin_mul_overflow(left.as_unsigned(), right.as_unsigned(), &product)) return overflow();
            return Value::unsigned_integer(product);
        }
        case Kind::real: return Value::real(left.as_real() * right.as_real());
        default: return no_overload();
    }
}

Outcome divide(const Value& left, const Value& right) {
    if (left.kind() != right.kind()) return no_overload();
    switch (left.kind()) {
        case Kind::integer:
            if (right.as_integer() == 0) return divided_by_zero();
            if (quotient_overflows(left, right)) return overflow();
            return Value::integer(left.as_integer() / right.as_integer());
        case Kind::unsigned_integer:
            if (right.as_unsigned() == 0) return divided_by_zero();
            return Value::unsigned_integer(left.as_unsigned() / right.as_unsigned());
        case Kind::real: return Value::real(left.as_real() / right.as_real());
        default: return no_overload();
    }
}

Outcome remainder(const Value& left, const Value& right) {
    if (left.kind() != right.kind()) return no_overload();
    switch (left.kind()) {
        case Kind::integer:
            if (right.as_integer() == 0) return divided_by_zero();
            if (quotient_overflows(left, right)) return overflow();
            return Value::integer(left.as_integer() % right.as_integer());
        case Kind::unsigned_integer:
            if (right.as_unsigned() == 0) return divided_by_zero();
            return Value::unsigned_integer(left.as_unsigned() % right.as_unsigned());
        default: return no_overload();
    }
}

namespace {

Outcome add_lists(const Value& left, const Value& right) {
    std::vector<Value> elements = left.as_list();
    elements.insert(elements.end(), right.as_list().begin(), right.as_list().end());
    return Value::list(std::move(elements));
}

Outcome add_nanoseconds(const Value& left, std::int64_t right) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(left.as_nanoseconds(), right, &sum)) return overflow();
    return Value::duration_nanoseconds(sum);
}

// No overflow on the way: instants have at most 12 digits of seconds, durations at most 10.
Outcome shift(Instant instant, std::int64_t nanoseconds) {
    instant.seconds += nanoseconds / nanoseconds_a_second;
    std::int64_t fraction = instant.nanoseconds + nanoseconds % nanoseconds_a_second;
    if (fraction < 0) {
        --instant.seconds;
        fraction += nanoseconds_a_second;
    } else if (fraction >= nanoseconds_a_second) {
        ++instant.seconds;
        fraction -= nanoseconds_a_second;
    }
    instant.nanoseconds = static_cast<std::int32_t>(fraction);
    if (!is_in_range(instant)) return overflow();
    return Value::timestamp(instant);
}

Outcome between(Instant later, Instant earlier) {
    std::int64_t nanoseconds = 0;
    if (__builtin_mul_overflow(later.seconds - earlier.seconds, nanoseconds_a_second, &nanoseconds) ||
        __builtin_add_overflow(nanoseconds, later.nanoseconds - earlier.nanoseconds, &nanoseconds)) {
        return overflow();
    }
    return Value::duration_nanoseconds(nanoseconds);
}

}  // namespace

}  // namespace segmentd::rules::expression
