#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "rules/expression/checker_walk.hpp"
#include "rules/expression/operator_types.hpp"

namespace segmentd::rules::expression {

Typed Checker::macro(NodeId id) {
    checked_.facts[id].index = static_cast<int>(locals_.size());
    switch (node(id).macro) {
        case Macro::bind: return bind(id);
        case Macro::optional_map:
        case Macro::optional_flat_map: return optional_macro(id);
        default: return walk(id);
    }
}

Typed Checker::bind(NodeId id) {
    const Typed value = check_node(node(id).children[0]);
    if (!value) return value;
    return in_scope(node(id).children[1], node(id).name, *value);
}

// The body sees what the optional holds.
Typed Checker::optional_macro(NodeId id) {
    const Typed target = check_node(node(id).children[0]);
    if (!target) return target;
    if (!fits(*target, TypeKind::optional) && is_strict()) {
        return type_error(id, fmt::format("{} is no optional", to_text(*target)), "write optional.of(x), or x.?field");
    }
    const bool is_known = target->kind == TypeKind::optional;
    const NodeId body = node(id).children[1];
    const Typed result = in_scope(body, node(id).name, is_known ? target->parameters[0] : Type());
    if (!result || node(id).macro == Macro::optional_map) {
        return result ? Typed(Type::optional_of(*result)) : result;
    }
    if (fits(*result, TypeKind::optional)) return result;
    return type_error(body, fmt::format("the body of optFlatMap is {}, not an optional", to_text(*result)),
                      "write optMap");
}

Typed Checker::in_scope(NodeId id, const std::string& name, const Type& type) {
    locals_.push_back(Local{name, type});
    checked_.local_count = std::max(checked_.local_count, static_cast<int>(locals_.size()));
    Typed result = check_node(id);
    locals_.pop_back();
    return result;
}

// The variables are the element of a list or the key of a map; of two, position and element or key and value.
Typed Checker::walk(NodeId id) {
    const Typed range = check_node(node(id).children[0]);
    if (!range) return range;
    const auto element = element_of(*range);
    if (!element && is_strict()) return type_error(id, fmt::format("{} is no list or map", to_text(*range)), {});
    Type first = element.value_or(Type());
    if (!node(id).second_name.empty()) {
        Type second = first;
        if (range->kind == TypeKind::map) second = range->parameters[1];
        if (range->kind == TypeKind::list) first = TypeKind::integer;
        locals_.push_back(Local{node(id).name, std::move(first)});
        locals_.push_back(Local{node(id).second_name, std::move(second)});
    } else {
        locals_.push_back(Local{node(id).name, std::move(first)});
    }
    checked_.local_count = std::max(checked_.local_count, static_cast<int>(locals_.size()));
    Typed result = body_of_walk(id);
    locals_.resize(static_cast<std::size_t>(checked_.facts[id].index));
    return result;
}

Typed Checker::body_of_walk(NodeId id) {
    const Macro macro = node(id).macro;
    const bool has_body = macro == Macro::map || macro >= Macro::transform_list;
    const std::size_t conditions = node(id).children.size() - (has_body ? 1U : 0U);
    for (std::size_t i = 1; i < conditions; ++i) {
        const auto expected = expect_bool(node(id).children[i], "the condition of a macro");
        if (!expected) return tl::unexpected(expected.error());
    }
    if (macro == Macro::filter) return Type::list_of(locals_.back().type);
    if (!has_body) return Type(TypeKind::boolean);
    const Typed body = check_node(node(id).children.back());
    if (!body) return body;
    if (macro == Macro::transform_map) {
        return Type::map_of(locals_[static_cast<std::size_t>(checked_.facts[id].index)].type, *body);
    }
    if (macro != Macro::transform_map_entry) return Type::list_of(*body);
    if (body->kind == TypeKind::map) return body;
    if (body->is_dyn()) return Type(TypeKind::map);
    return type_error(node(id).children.back(), fmt::format("the body of transformMapEntry is {}", to_text(*body)),
                      "write a map with one entry: {key: value}");
}

// feature.?orders_90d of a record is what the slot holds, if it is there.
Typed Checker::optional_index(NodeId id) {
    if (const auto field = record_index(id)) return *field ? Typed(Type::optional_of(**field)) : *field;
    const Typed target = check_node(node(id).children[0]);
    if (!target) return target;
    const Typed key = check_node(node(id).children[1]);
    if (!key) return key;
    const bool is_optional = target->kind == TypeKind::optional;
    const auto result = index_result(is_optional ? target->parameters[0] : *target, *key);
    if (result) return Type::optional_of(*result);
    return type_error(id, fmt::format("{}[?{}] does not exist", to_text(*target), to_text(*key)),
                      "lists are indexed by int, maps by their keys");
}

Typed Checker::optional_entry(NodeId id) {
    const Typed value = check_node(node(id).children[0]);
    if (!value || value->is_dyn()) return value;
    if (value->kind == TypeKind::optional) return value->parameters[0];
    return type_error(id, fmt::format("the entry after '?' is {}, not an optional", to_text(*value)),
                      "leave out the '?', or write optional.of(x)");
}

}  // namespace segmentd::rules::expression
