#include "rules/expression/syntax.hpp"

namespace segmentd::rules::expression {

const char* operator_text(BinaryOperator operation) {
    switch (operation) {
        case BinaryOperator::add: return "+";
        case BinaryOperator::subtract: return "-";
        case BinaryOperator::multiply: return "*";
        case BinaryOperator::divide: return "/";
        case BinaryOperator::remainder: return "%";
        case BinaryOperator::equal: return "==";
        case BinaryOperator::not_equal: return "!=";
        case BinaryOperator::less: return "<";
        case BinaryOperator::less_equal: return "<=";
        case BinaryOperator::greater: return ">";
        case BinaryOperator::greater_equal: return ">=";
        case BinaryOperator::in: return "in";
    }
    return "";
}

bool makes_claim(Macro macro) {
    return macro <= Macro::exists_one;
}

bool makes_map(Macro macro) {
    return macro == Macro::transform_map || macro == Macro::transform_map_entry;
}

}  // namespace segmentd::rules::expression
