#include "rules/rulebook/zero_division.hpp"

#include <cmath>

#include "rules/expression/compile_error.hpp"
#include "rules/expression/parser.hpp"

namespace segmentd::rules {

using expression::BinaryOperator;
using expression::Kind;
using expression::SyntaxKind;

namespace {

bool is_zero(const expression::Value& value) {
    if (value.kind() == Kind::integer) return value.as_integer() == 0;
    if (value.kind() == Kind::unsigned_integer) return value.as_unsigned() == 0;
    return value.kind() == Kind::real && std::fpclassify(value.as_real()) == FP_ZERO;
}

}  // namespace

std::optional<Error> literal_division_by_zero(const std::string& text) {
    const auto tree = expression::parse(text, expression::Limits{});
    if (!tree) return std::nullopt;
    for (const auto& node : tree->nodes) {
        const bool divides = node.kind == SyntaxKind::binary &&
                             (node.operation == BinaryOperator::divide || node.operation == BinaryOperator::remainder);
        if (!divides) continue;
        const auto& divisor = tree->nodes[node.children[1]];
        if (divisor.kind != SyntaxKind::literal || !is_zero(divisor.literal)) continue;
        return expression::to_error(text, {node.offset, "division_by_zero", "a division by 0 never gives a number",
                                           "divide by something else"});
    }
    return std::nullopt;
}

}  // namespace segmentd::rules
