// Does it follow from `enter` that a line of `stay` holds? A customer who enters and need not stay
// would go in and out at every signal.
//
// A line is shown to follow where `enter` has the same expression, or bounds the same operand at least
// as tightly by numbers and thresholds (>=, >, <, <=, ==, and threshold.x - 0.1) or by listed values (==,
// !=, in). && is taken apart on both sides; of || one implied side is enough; true always follows. What
// reads another operand, or reads it in another way, is left open: then whoever would have to leave is
// not let in (see daemon/engine/memberships).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/definitions/common.hpp"

namespace segmentd::rules {

enum class Implication {
    shown,         // whoever enters meets the line
    open,          // nothing is known
    weaker,        // `enter` lets in who does not meet it
    contradicted,  // nobody who enters meets it
};

// What is known of an operand such as feature.orders.
struct OperandFacts {
    bool is_integer = false;
    std::optional<double> least;
};

struct OperandKnowledge {
    std::function<std::optional<OperandFacts>(std::string_view operand)> facts;  // nothing: not a plain name
    std::function<std::optional<double>(std::string_view threshold)> threshold;  // by its name alone
};

// All texts are known to parse.
Implication implication(const Condition& enter, const std::string& line, const OperandKnowledge& known);

}  // namespace segmentd::rules
