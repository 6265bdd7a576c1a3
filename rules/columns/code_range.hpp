// A comparison with a literal as a range of a column's codes.
#pragma once

#include <cstdint>
#include <optional>

#include "rules/columns/column.hpp"
#include "rules/expression/syntax.hpp"

namespace segmentd::rules {

// The codes from low to high, both included, or all but those. Nothing lies in it where low is above high.
template <typename Code>
struct CodeRange {
    Code low{};
    Code high{};
    bool is_negated = false;
};

// For columns whose codes are integers, and for those of float and double: the latter's borders are exact in the code.
using IntegerRange = CodeRange<std::int64_t>;
using RealRange = CodeRange<double>;
using AnyRange = std::variant<IntegerRange, RealRange>;

// The codes of the present rows for which `row operation literal` is true; for the others it is false. Nothing where
// the values of the column have no order with the literal, or one that is not that of the codes (texts).
std::optional<AnyRange> codes_where(const Column& column, expression::BinaryOperator operation,
                                    const expression::Value& literal);

}  // namespace segmentd::rules
