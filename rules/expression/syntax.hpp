// The syntax tree of an expression: what stands in the text, and nothing about how it is evaluated.
//
// The row evaluator is compiled from it; a columnar evaluator and SQL can be made from the same
// tree. Macros stay macros, && and || keep all operands of a chain in one node.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rules/expression/value.hpp"

namespace segmentd::rules::expression {

using NodeId = std::uint32_t;

enum class SyntaxKind : std::uint8_t {
    literal,
    name,            // an identifier
    select,          // target.field
    presence,        // has(target.field)
    index,           // target[key]
    call,            // function(arguments)
    method,          // target.function(arguments); the target is the first child
    negate,          // -operand
    logical_not,     // !operand
    binary,          // left operation right
    logical_and,     // two or more operands
    logical_or,      // two or more operands
    conditional,     // condition ? first : second
    list,            // elements
    map,             // key, value, key, value ...
    macro,           // range, [condition,] body
    optional_index,  // target[?key]; target.?field has the field's name as its key
    optional_entry,  // ?element of a list, or the ?value of a map
};

enum class BinaryOperator : std::uint8_t {
    add,
    subtract,
    multiply,
    divide,
    remainder,
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    in,
};

// Those that make a claim first, then by what they make.
enum class Macro : std::uint8_t {
    all,                  // range, condition
    exists,               // range, condition
    exists_one,           // range, condition
    map,                  // range, body; or range, condition, body
    filter,               // range, condition
    transform_list,       // range, [condition,] body
    transform_map,        // range, [condition,] body: the value
    transform_map_entry,  // range, [condition,] body: a map that is joined
    bind,                 // value, body
    optional_map,         // optional, body
    optional_flat_map,    // optional, body: an optional
};

struct SyntaxNode {
    SyntaxKind kind = SyntaxKind::literal;
    BinaryOperator operation = BinaryOperator::add;  // of kind binary
    Macro macro = Macro::all;                        // of kind macro
    bool is_rooted = false;                          // a name or call with a leading dot: looked up outside every scope
    bool is_quoted = false;                          // a field in backticks: never part of a dotted name
    std::uint32_t offset = 0;                        // in bytes of the text; of an operator, selection or call its sign
    std::uint32_t depth = 1;                         // levels of nodes from here down
    std::string name;                                // of a name, field, function, or the variable of a macro
    std::string second_name;  // of a macro that walks with two variables: key and value, or position and element
    Value literal;
    std::vector<NodeId> children;
};

struct SyntaxTree {
    std::vector<SyntaxNode> nodes;  // children stand before their parents
    NodeId root = 0;
};

// "==", "<=", "in".
const char* operator_text(BinaryOperator operation);

// True for all, exists and exists_one, whose value is a bool.
bool makes_claim(Macro macro);

// True for transformMap and transformMapEntry.
bool makes_map(Macro macro);

// True for == != < <= > >=.
inline bool is_comparison(BinaryOperator operation) {
    return operation >= BinaryOperator::equal && operation <= BinaryOperator::greater_equal;
}

}  // namespace segmentd::rules::expression
