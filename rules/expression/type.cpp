#include "rules/expression/type.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace segmentd::rules::expression {
namespace {

constexpr int deepest_type = 32;

// dyn for a type whose lists and maps are nested too deeply to be worth knowing.
Type as_parameter(Type type);

}  // namespace

Type::Type(TypeKind simple)
    : kind(simple),
      parameters(simple == TypeKind::list || simple == TypeKind::optional ? 1U
                 : simple == TypeKind::map                                ? 2U
                                                                          : 0U) {}

Type Type::list_of(Type element) {
    Type type(TypeKind::list);
    type.parameters[0] = as_parameter(std::move(element));
    return type;
}

Type Type::map_of(Type key, Type value) {
    Type type(TypeKind::map);
    type.parameters[0] = as_parameter(std::move(key));
    type.parameters[1] = as_parameter(std::move(value));
    return type;
}

Type Type::optional_of(Type held) {
    Type type(TypeKind::optional);
    type.parameters[0] = as_parameter(std::move(held));
    return type;
}

bool Type::is_number() const {
    return kind == TypeKind::integer || kind == TypeKind::unsigned_integer || kind == TypeKind::real;
}

bool Type::operator==(const Type& other) const {
    return kind == other.kind && parameters == other.parameters;
}

std::string to_text(const Type& type) {
    switch (type.kind) {
        case TypeKind::dyn: return "dyn";
        case TypeKind::null: return "null";
        case TypeKind::boolean: return "bool";
        case TypeKind::integer: return "int";
        case TypeKind::unsigned_integer: return "uint";
        case TypeKind::real: return "double";
        case TypeKind::string: return "string";
        case TypeKind::bytes: return "bytes";
        case TypeKind::timestamp: return "timestamp";
        case TypeKind::duration: return "duration";
        case TypeKind::list: return fmt::format("list<{}>", to_text(type.parameters[0]));
        case TypeKind::map: return fmt::format("map<{}, {}>", to_text(type.parameters[0]), to_text(type.parameters[1]));
        case TypeKind::optional: return fmt::format("optional<{}>", to_text(type.parameters[0]));
        case TypeKind::type: return "type";
    }
    return {};
}

bool fits(const Type& given, const Type& expected) {
    if (given.is_dyn() || expected.is_dyn()) return true;
    if (given.kind != expected.kind) return false;
    for (std::size_t i = 0; i < given.parameters.size(); ++i) {
        if (!fits(given.parameters[i], expected.parameters[i])) return false;
    }
    return true;
}

bool can_be_equal(const Type& left, const Type& right) {
    if (left.is_dyn() || right.is_dyn()) return true;
    if (left.is_number() && right.is_number()) return true;
    const auto may_be_null = [](const Type& type) {
        return type.kind == TypeKind::timestamp || type.kind == TypeKind::duration;
    };
    if (left.kind == TypeKind::null && may_be_null(right)) return true;
    if (right.kind == TypeKind::null && may_be_null(left)) return true;
    if (left.kind != right.kind) return false;
    for (std::size_t i = 0; i < left.parameters.size(); ++i) {
        if (!can_be_equal(left.parameters[i], right.parameters[i])) return false;
    }
    return true;
}

Type join(const Type& left, const Type& right) {
    if (left == right) return left;
    if (left.kind != right.kind || left.parameters.empty()) return TypeKind::dyn;
    Type joined(left.kind);
    for (std::size_t i = 0; i < left.parameters.size(); ++i) {
        joined.parameters[i] = join(left.parameters[i], right.parameters[i]);
    }
    return joined;
}

namespace {

bool is_deeper(const Type& type, int levels) {
    if (levels == 0) return true;
    return std::any_of(type.parameters.begin(), type.parameters.end(),
                       [&](const Type& parameter) { return is_deeper(parameter, levels - 1); });
}

Type as_parameter(Type type) {
    return is_deeper(type, deepest_type) ? Type() : std::move(type);
}

}  // namespace

}  // namespace segmentd::rules::expression
