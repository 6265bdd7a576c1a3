// What a dotted name means among the declarations.
#pragma once

#include <optional>
#include <string>

#include "rules/expression/declarations.hpp"
#include "rules/expression/syntax.hpp"
#include "rules/expression/value.hpp"

namespace segmentd::rules::expression {

// A name, or selections of fields from a name: a.b.c. Nothing where the node is something else.
struct DottedName {
    std::string text;
    NodeId root = 0;         // the node of the first name
    bool is_rooted = false;  // with a leading dot
};
std::optional<DottedName> dotted_name(const SyntaxTree& tree, NodeId node);

enum class Meaning : std::uint8_t {
    nothing,
    field,          // a variable or the field of a record
    record,         // a whole record
    unknown_field,  // the record is known, its field is not
    type,           // the name of a type, such as int
};

struct Resolved {
    Meaning meaning = Meaning::nothing;
    const Field* field = nullptr;
    const Declarations::Fields* record = nullptr;
    std::string record_name;
    std::string field_name;
    Kind type = Kind::missing;
};

// The whole of a dotted name, in the container, its parents and the root, in this order. Knows
// nothing of the variables of macros, which the caller looks up first.
Resolved resolve(const DottedName& name, const Declarations& declarations);

}  // namespace segmentd::rules::expression
