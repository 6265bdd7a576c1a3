#include "rules/expression/operators.hpp"

#include <cmath>
#include <compare>
#include <limits>
#include <utility>

#include "rules/expression/arithmetic.hpp"
#include "rules/expression/compare.hpp"
#include "rules/expression/conversions.hpp"
#include "rules/expression/functions_string.hpp"
#include "rules/expression/functions_time.hpp"
#include "rules/expression/math_extension.hpp"
#include "rules/expression/optionals_extension.hpp"
#include "rules/expression/strings_extension.hpp"

namespace segmentd::rules::expression {
namespace {

Outcome ordered(BinaryOperator operation, const Value& left, const Value& right);
Outcome contains(const Value& element, const Value& range);
const Value* list_element(const Value& list, const Value& key, EvaluationError& error);

}  // namespace

Outcome apply(BinaryOperator operation, const Value& left, const Value& right) {
    switch (operation) {
        case BinaryOperator::add: return add(left, right);
        case BinaryOperator::subtract: return subtract(left, right);
        case BinaryOperator::multiply: return multiply(left, right);
        case BinaryOperator::divide: return divide(left, right);
        case BinaryOperator::remainder: return remainder(left, right);
        case BinaryOperator::equal: return Value::boolean(equal(left, right));
        case BinaryOperator::not_equal: return Value::boolean(!equal(left, right));
        case BinaryOperator::in: return contains(left, right);
        default: return ordered(operation, left, right);
    }
}

Outcome negated(const Value& operand) {
    if (operand.kind() == Kind::real) return Value::real(-operand.as_real());
    if (operand.kind() != Kind::integer) {
        return no_value(EvaluationErrorKind::no_such_overload, "only int and double can be negated");
    }
    if (operand.as_integer() == std::numeric_limits<std::int64_t>::min()) {
        return no_value(EvaluationErrorKind::overflow, "the negated number is beyond 64 bits");
    }
    return Value::integer(-operand.as_integer());
}

const Value* element_at(const Value& target, const Value& key, EvaluationError& error) {
    if (target.kind() == Kind::list) return list_element(target, key, error);
    if (target.kind() != Kind::map) {
        error = {EvaluationErrorKind::no_such_overload, "only lists and maps have elements"};
        return nullptr;
    }
    const Value* found = target.as_map().find(key);
    if (found == nullptr) error = {EvaluationErrorKind::no_such_key, "the map has no such key"};
    return found;
}

Outcome apply(Function function, std::span<const Value* const> arguments, const ZoneOffset& zones) {
    const Library library = library_of(function);
    if (library >= Library::strings) {
        if (!accepts(function, arguments)) {
            return no_value(EvaluationErrorKind::no_such_overload, "this function takes other kinds of arguments");
        }
        if (library == Library::strings) return apply_strings(function, arguments);
        return library == Library::math ? apply_math(function, arguments) : apply_optionals(function, arguments);
    }
    const Value& first = *arguments[0];
    switch (function) {
        case Function::size: return size_of(first);
        case Function::contains: return contains_text(first, *arguments[1]);
        case Function::starts_with: return starts_with(first, *arguments[1]);
        case Function::ends_with: return ends_with(first, *arguments[1]);
        case Function::matches: return matches(first, *arguments[1]);
        case Function::to_bool: return to_bool(first);
        case Function::to_bytes: return to_bytes(first);
        case Function::to_double: return to_double(first);
        case Function::to_dyn: return first;
        case Function::to_duration: return to_duration(first);
        case Function::to_int: return to_int(first);
        case Function::to_string: return to_string(first);
        case Function::to_timestamp: return to_timestamp(first);
        case Function::to_type: return Value::type(first.kind());
        case Function::to_uint: return to_uint(first);
        default: break;
    }
    if (first.kind() == Kind::duration && arguments.size() == 1) return part_of_duration(function, first);
    return part_of_timestamp(function, first, arguments.size() > 1 ? arguments[1] : nullptr, zones);
}

namespace {

Outcome ordered(BinaryOperator operation, const Value& left, const Value& right) {
    const auto found = order(left, right);
    if (!found) return no_value(EvaluationErrorKind::no_such_overload, "these values have no order");
    switch (operation) {
        case BinaryOperator::less: return Value::boolean(std::is_lt(*found));
        case BinaryOperator::less_equal: return Value::boolean(std::is_lteq(*found));
        case BinaryOperator::greater: return Value::boolean(std::is_gt(*found));
        default: return Value::boolean(std::is_gteq(*found));
    }
}

Outcome contains(const Value& element, const Value& range) {
    if (range.kind() == Kind::map) return Value::boolean(range.as_map().find(element) != nullptr);
    if (range.kind() != Kind::list) {
        return no_value(EvaluationErrorKind::no_such_overload, "'in' looks into lists and maps only");
    }
    for (const Value& candidate : range.as_list()) {
        if (equal(element, candidate)) return Value::boolean(true);
    }
    return Value::boolean(false);
}

const Value* list_element(const Value& list, const Value& key, EvaluationError& error) {
    const auto& elements = list.as_list();
    std::uint64_t at = elements.size();
    if (key.kind() == Kind::integer || key.kind() == Kind::unsigned_integer) {
        at = key.as_unsigned();  // a negative index becomes larger than any list
    } else if (key.kind() == Kind::real && std::trunc(key.as_real()) == key.as_real()) {
        const double real = key.as_real();
        if (real >= 0 && real < static_cast<double>(elements.size())) at = static_cast<std::uint64_t>(real);
    } else {
        error = {EvaluationErrorKind::invalid_argument, "a list is indexed by whole numbers"};
        return nullptr;
    }
    if (at < elements.size()) return &elements[at];
    error = {EvaluationErrorKind::index_out_of_range, "the list has no element of this number"};
    return nullptr;
}

}  // namespace

}  // namespace segmentd::rules::expression
