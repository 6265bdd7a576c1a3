#include "rules/expression/optionals_extension.hpp"

#include <utility>

#include "rules/expression/operators.hpp"

namespace segmentd::rules::expression {
namespace {

bool is_zero(const Value& value);

}  // namespace

Outcome apply_optionals(Function function, std::span<const Value* const> arguments) {
    if (function == Function::optional_none) return Value::no_optional();
    const Value& first = *arguments[0];
    if (function == Function::optional_of) return Value::optional(first);
    if (function == Function::optional_of_non_zero) {
        return is_zero(first) ? Value::no_optional() : Value::optional(first);
    }
    const Value* held = first.as_optional();
    if (function == Function::optional_has_value) return Value::boolean(held != nullptr);
    if (function == Function::optional_or) return held == nullptr ? *arguments[1] : first;
    if (held != nullptr) return *held;
    if (function == Function::optional_or_value) return *arguments[1];
    return no_value(EvaluationErrorKind::invalid_argument, "the optional holds no value");
}

Outcome optional_element(const Value& target, const Value& key) {
    const Value* inner = target.kind() == Kind::optional ? target.as_optional() : &target;
    if (inner == nullptr) return Value::no_optional();
    EvaluationError error;
    if (const Value* found = element_at(*inner, key, error)) return Value::optional(*found);
    const bool is_absent =
        error.kind == EvaluationErrorKind::no_such_key || error.kind == EvaluationErrorKind::index_out_of_range;
    if (is_absent) return Value::no_optional();
    return tl::unexpected(std::move(error));
}

namespace {

bool is_zero(const Value& value) {
    switch (value.kind()) {
        case Kind::boolean:
        case Kind::integer:
        case Kind::unsigned_integer:
        case Kind::duration: return value.as_unsigned() == 0;
        case Kind::real: return value.as_real() >= 0 && value.as_real() <= 0;
        case Kind::string:
        case Kind::bytes: return value.as_text().empty();
        case Kind::list: return value.as_list().empty();
        case Kind::map: return value.as_map().entries().empty();
        case Kind::optional: return value.as_optional() == nullptr;
        case Kind::timestamp:
        case Kind::type: return false;
        case Kind::missing:
        case Kind::null: break;
    }
    return true;
}

}  // namespace

}  // namespace segmentd::rules::expression
