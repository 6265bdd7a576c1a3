// Gives every node of a syntax tree its type and every name its meaning.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "rules/expression/declarations.hpp"
#include "rules/expression/functions.hpp"
#include "rules/expression/syntax.hpp"
#include "rules/expression/type.hpp"

namespace segmentd::rules::expression {

enum class Use : std::uint8_t {
    plain,             // as the syntax says
    slot,              // a variable or field of a record: `index` is its slot in the row
    local,             // the variable of a macro: `index` counts the macros around it
    type_name,         // `described` is the type it names
    unknown_name,      // only without type check: an error when evaluated
    unknown_function,  // only without type check: an error when evaluated
};

struct NodeFacts {
    Type type;
    Use use = Use::plain;
    int index = 0;                       // of a slot or local; of a macro, its own variable
    Kind described = Kind::missing;      // of a type name
    Function function = Function::size;  // of a call or method
};

enum class Strictness {
    checked,    // refuse what cannot be evaluated: rules cel_type and cel_unknown_name
    unchecked,  // refuse nothing but whole records as values
};

struct CheckedTree {
    SyntaxTree tree;
    std::vector<NodeFacts> facts;  // one for each node; plain and dyn where nothing is evaluated
    int local_count = 0;           // the deepest nesting of macros
    Strictness strictness = Strictness::checked;
};

// `text` is the one the tree was parsed from; it is needed for the places of errors.
Result<CheckedTree> check(SyntaxTree tree, std::string_view text, const Declarations& declarations,
                          Strictness strictness);

}  // namespace segmentd::rules::expression
