#include "rules/expression/compare.hpp"

namespace segmentd::rules::expression {
namespace {

bool is_number(const Value& value);
std::partial_ordering order_numbers(const Value& left, const Value& right);
bool equal_lists(const Value& left, const Value& right);
bool equal_maps(const Value& left, const Value& right);
bool equal_optionals(const Value& left, const Value& right);

}  // namespace

bool equal(const Value& left, const Value& right) {
    if (is_number(left) && is_number(right)) return order_numbers(left, right) == 0;
    if (left.kind() != right.kind()) return false;
    switch (left.kind()) {
        case Kind::missing: return false;
        case Kind::null: return true;
        case Kind::list: return equal_lists(left, right);
        case Kind::map: return equal_maps(left, right);
        case Kind::optional: return equal_optionals(left, right);
        case Kind::type: return left.as_type() == right.as_type();
        default: return *order(left, right) == 0;
    }
}

std::optional<std::partial_ordering> order(const Value& left, const Value& right) {
    if (is_number(left) && is_number(right)) return order_numbers(left, right);
    if (left.kind() != right.kind()) return std::nullopt;
    switch (left.kind()) {
        case Kind::boolean: return left.as_boolean() <=> right.as_boolean();
        case Kind::string:
        case Kind::bytes: return left.as_text() <=> right.as_text();
        case Kind::timestamp: return left.as_instant() <=> right.as_instant();
        case Kind::duration: return left.as_nanoseconds() <=> right.as_nanoseconds();
        default: return std::nullopt;
    }
}

namespace {

bool is_number(const Value& value) {
    return value.kind() == Kind::integer || value.kind() == Kind::unsigned_integer || value.kind() == Kind::real;
}

double nearest_real(const Value& number) {
    if (number.kind() == Kind::integer) return static_cast<double>(number.as_integer());
    if (number.kind() == Kind::unsigned_integer) return static_cast<double>(number.as_unsigned());
    return number.as_real();
}

std::partial_ordering order_numbers(const Value& left, const Value& right) {
    if (left.kind() == Kind::real || right.kind() == Kind::real) return nearest_real(left) <=> nearest_real(right);
    const bool left_negative = left.kind() == Kind::integer && left.as_integer() < 0;
    const bool right_negative = right.kind() == Kind::integer && right.as_integer() < 0;
    if (left_negative != right_negative) {
        return left_negative ? std::partial_ordering::less : std::partial_ordering::greater;
    }
    return left.as_unsigned() <=> right.as_unsigned();
}

bool equal_lists(const Value& left, const Value& right) {
    const auto& left_elements = left.as_list();
    const auto& right_elements = right.as_list();
    if (left_elements.size() != right_elements.size()) return false;
    for (std::size_t i = 0; i < left_elements.size(); ++i) {
        if (!equal(left_elements[i], right_elements[i])) return false;
    }
    return true;
}

bool equal_maps(const Value& left, const Value& right) {
    if (left.as_map().entries().size() != right.as_map().entries().size()) return false;
    for (const auto& [key, value] : left.as_map().entries()) {
        const Value* other = right.as_map().find(key);
        if (other == nullptr || !equal(value, *other)) return false;
    }
    return true;
}

bool equal_optionals(const Value& left, const Value& right) {
    const Value* held = left.as_optional();
    const Value* other = right.as_optional();
    if (held == nullptr || other == nullptr) return held == other;
    return equal(*held, *other);
}

}  // namespace

}  // namespace segmentd::rules::expression
