#include "rules/expression/operator_types.hpp"

namespace segmentd::rules::expression {
namespace {

std::optional<Type> sum(BinaryOperator operation, const Type& left, const Type& right);
std::optional<Type> product(BinaryOperator operation, const Type& left, const Type& right);
bool has_order(const Type& left, const Type& right);
bool may_contain(const Type& element, const Type& range);

}  // namespace

Type literal_type(const Value& literal) {
    switch (literal.kind()) {
        case Kind::null: return TypeKind::null;
        case Kind::boolean: return TypeKind::boolean;
        case Kind::integer: return TypeKind::integer;
        case Kind::unsigned_integer: return TypeKind::unsigned_integer;
        case Kind::real: return TypeKind::real;
        case Kind::string: return TypeKind::string;
        case Kind::bytes: return TypeKind::bytes;
        default: return TypeKind::dyn;
    }
}

std::optional<Type> binary_result(BinaryOperator operation, const Type& left, const Type& right) {
    bool is_claim = false;
    switch (operation) {
        case BinaryOperator::add:
        case BinaryOperator::subtract: return sum(operation, left, right);
        case BinaryOperator::multiply:
        case BinaryOperator::divide:
        case BinaryOperator::remainder: return product(operation, left, right);
        case BinaryOperator::equal:
        case BinaryOperator::not_equal: is_claim = can_be_equal(left, right); break;
        case BinaryOperator::in: is_claim = may_contain(left, right); break;
        default: is_claim = has_order(left, right); break;
    }
    return is_claim ? std::optional<Type>(TypeKind::boolean) : std::nullopt;
}

std::optional<Type> negation_result(const Type& operand) {
    const bool fits_minus = operand.is_dyn() || operand.kind == TypeKind::integer || operand.kind == TypeKind::real;
    return fits_minus ? std::optional<Type>(operand) : std::nullopt;
}

std::optional<Type> index_result(const Type& target, const Type& key) {
    switch (target.kind) {
        case TypeKind::dyn: return Type();
        case TypeKind::optional: {
            const auto held = index_result(target.parameters[0], key);
            return held ? std::optional<Type>(Type::optional_of(*held)) : std::nullopt;
        }
        case TypeKind::list:
            if (!key.is_dyn() && key.kind != TypeKind::integer) return std::nullopt;
            return target.parameters[0];
        case TypeKind::map:
            if (!can_be_equal(key, target.parameters[0])) return std::nullopt;
            return target.parameters[1];
        default: return std::nullopt;
    }
}

std::optional<Type> element_of(const Type& range) {
    if (range.is_dyn()) return Type();
    if (range.kind == TypeKind::list || range.kind == TypeKind::map) return range.parameters[0];
    return std::nullopt;
}

namespace {

bool is_time(const Type& type) {
    return type.kind == TypeKind::timestamp || type.kind == TypeKind::duration;
}

std::optional<Type> sum_of_times(BinaryOperator operation, const Type& left, const Type& right) {
    const bool adds = operation == BinaryOperator::add;
    if (left.is_dyn() || right.is_dyn()) return Type();
    if (!is_time(left) || !is_time(right)) return std::nullopt;
    if (left.kind == TypeKind::duration && right.kind == TypeKind::duration) return Type(TypeKind::duration);
    if (left.kind == right.kind) return adds ? std::nullopt : std::optional<Type>(TypeKind::duration);
    if (left.kind == TypeKind::duration && !adds) return std::nullopt;
    return Type(TypeKind::timestamp);
}

std::optional<Type> sum(BinaryOperator operation, const Type& left, const Type& right) {
    if (is_time(left) || is_time(right)) return sum_of_times(operation, left, right);
    const Type& known = left.is_dyn() ? right : left;
    const bool joins =
        operation == BinaryOperator::add && (known.kind == TypeKind::string || known.kind == TypeKind::bytes);
    if (known.kind == TypeKind::list && operation == BinaryOperator::add) {
        if (!left.is_dyn() && !right.is_dyn() && left.kind != right.kind) return std::nullopt;
        return join(left, right).is_dyn() ? Type(TypeKind::list) : join(left, right);
    }
    if (!known.is_dyn() && !known.is_number() && !joins) return std::nullopt;
    return fits(left, right) ? std::optional<Type>(known) : std::nullopt;
}

std::optional<Type> product(BinaryOperator operation, const Type& left, const Type& right) {
    const Type& known = left.is_dyn() ? right : left;
    if (!known.is_dyn() && !known.is_number()) return std::nullopt;
    if (operation == BinaryOperator::remainder && known.kind == TypeKind::real) return std::nullopt;
    return fits(left, right) ? std::optional<Type>(known) : std::nullopt;
}

bool has_order(const Type& type) {
    switch (type.kind) {
        case TypeKind::null:
        case TypeKind::list:
        case TypeKind::map:
        case TypeKind::optional:
        case TypeKind::type: return false;
        default: return true;
    }
}

bool has_order(const Type& left, const Type& right) {
    if (!has_order(left) || !has_order(right)) return false;
    return fits(left, right) || (left.is_number() && right.is_number());
}

bool may_contain(const Type& element, const Type& range) {
    const auto held = element_of(range);
    return held && can_be_equal(element, *held);
}

}  // namespace

}  // namespace segmentd::rules::expression
