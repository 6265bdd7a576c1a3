// The steps of a selector, in the order in which they are made.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "rules/columns/code_range.hpp"
#include "rules/columns/selector.hpp"
#include "rules/expression/code.hpp"

namespace segmentd::rules {

using StepId = std::uint32_t;

enum class StepKind : std::uint8_t {
    // answers
    constant,     // `truth` in every row
    present,      // the column has a value
    range,        // the code of the column lies in `range`; unknown where it is missing
    texts,        // `by_code` of the column's code, `truth` where it is missing
    negation,     // not operand 0
    conjunction,  // all operands
    disjunction,  // any operand
    choice,       // operand 0 ? operand 1 : operand 2
    is_yes,       // operand 0 is yes; never unknown
    is_not_no,    // operand 0 is yes or unknown; never unknown
    comparison,   // numbers of operand 0 `operation` numbers of operand 1
    by_row,       // instruction `at` of `code`, asked row by row
    // numbers
    column_numbers,
    constant_number,
    arithmetic,      // operand 0 `operation` operand 1, both of kind `numbers`
    negated_number,  // -operand 0
    to_real,         // operand 0, an integer, as a double
};

struct Step {
    StepKind kind = StepKind::constant;
    bool is_real = false;  // of a step that makes numbers: doubles, else integers
    expression::Truth truth = expression::Truth::no;
    expression::BinaryOperator operation = expression::BinaryOperator::equal;
    const Column* column = nullptr;
    AnyRange range;
    bool may_be_unknown = false;
    std::vector<expression::Truth> by_code;
    std::vector<IntegerRange> yes_codes;  // instead of `by_code`, where a few ranges say the same
    std::vector<StepId> operands;
    expression::Value number;
    const expression::Code* code = nullptr;
    std::uint32_t at = 0;
    std::vector<int> slots;  // that a step by row reads
};

struct SelectionPlan {
    Table table;
    std::vector<Step> steps;
    std::map<std::size_t, StepId> defined;  // slots that a condition answers
    std::map<std::string, StepId> known;    // steps by what they are, so that each is made once
};

// The step that answers the instruction as a condition.
StepId add_condition(SelectionPlan& plan, const expression::Code& code, std::uint32_t at);
// A step over others; one that would change nothing is left out.
StepId add_logical(SelectionPlan& plan, StepKind kind, std::vector<StepId> operands);

}  // namespace segmentd::rules
