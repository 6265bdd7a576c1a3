// Types as the checker knows them, before any row is read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace segmentd::rules::expression {

enum class TypeKind : std::uint8_t {
    dyn,  // known only when evaluated
    null,
    boolean,
    integer,
    unsigned_integer,
    real,
    string,
    bytes,
    timestamp,
    duration,
    list,      // one parameter: the element
    map,       // two parameters: key and value
    optional,  // one parameter: what it holds
    type,
};

struct Type {
    TypeKind kind = TypeKind::dyn;
    std::vector<Type> parameters;

    Type() = default;
    Type(TypeKind simple);  // of dyn where the kind has parameters
    // What is nested more than 32 levels deep becomes dyn.
    static Type list_of(Type element);
    static Type map_of(Type key, Type value);
    static Type optional_of(Type held);

    bool is_dyn() const { return kind == TypeKind::dyn; }
    bool is_number() const;
    bool operator==(const Type& other) const;
};

// "int", "list<string>", "map<string, dyn>".
std::string to_text(const Type& type);

// True where a value of one type may stand where the other is expected: the same type up to dyn
// in any place.
bool fits(const Type& given, const Type& expected);

// True where two types may be compared by == and !=: they fit, are both numbers, or one is null
// and the other a timestamp or duration; lists and maps by their parameters.
bool can_be_equal(const Type& left, const Type& right);

// The type that holds both; dyn where they differ.
Type join(const Type& left, const Type& right);

}  // namespace segmentd::rules::expression
