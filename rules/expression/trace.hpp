// What every part of an expression says of one row: the one tool for explaining a decision and for finding out
// what the tests of a condition never asked.
//
// A trace evaluates each part for itself, so it costs the size of the expression times the cost of evaluating it;
// decide() and evaluate() know nothing of it. The parts of a program are the same for every row, in the same order:
// traces can be laid over each other by index.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "rules/expression/program.hpp"
#include "rules/expression/spans.hpp"

namespace segmentd::rules::expression {

enum class PartRole {
    condition,  // the whole, an operand of && or || or !, or what ?: asks: both truths matter
    branch,     // what ?: gives: it is taken or not
    value,      // an operand of anything else, the range of a macro, a value of the row
};

struct TracedPart {
    PartRole role = PartRole::value;
    Span span;               // in Program::text()
    std::size_t parent = 0;  // the part it stands in; the whole has itself
    std::string input;       // of a value of the row its name: "feature.orders_90d"
    // False where the whole was decided without this part: behind the operand of && or || that decided, or in the
    // branch of ?: that was not taken. What such a part would have said is here all the same.
    bool is_reached = true;
    Value value;                   // missing where there is none
    Truth truth = Truth::unknown;  // of a bool
    std::string error;             // why there is no value: "feature.orders_90d is missing"
};

// The whole first, every part before the parts inside it, those from left to right. Literals and what was computed
// from literals alone are no parts, unless they are a branch. The bodies of macros are none either: they are
// evaluated once for each element, and the macro's own truth says what came of it.
std::vector<TracedPart> trace(const Program& program, std::span<const Value> row);

}  // namespace segmentd::rules::expression
