#include "rules/expression/checker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "rules/expression/checker_walk.hpp"
#include "rules/expression/nearest_name.hpp"
#include "rules/expression/operator_types.hpp"

namespace segmentd::rules::expression {
namespace {

std::string argument_text(const std::vector<Type>& types);
std::string conversion_hint(const Type& left, const Type& right);

}  // namespace

Result<CheckedTree> check(SyntaxTree tree, std::string_view text, const Declarations& declarations,
                          Strictness strictness) {
    CheckedTree checked;
    checked.tree = std::move(tree);
    checked.strictness = strictness;
    checked.facts.resize(checked.tree.nodes.size());
    auto type = Checker(checked, declarations, strictness).check_node(checked.tree.root);
    if (!type) return fail(to_error(text, std::move(type).error()));
    return checked;
}

Typed Checker::check_node(NodeId id) {
    Typed type = type_of(id);
    if (type) checked_.facts[id].type = *type;
    return type;
}

Typed Checker::type_of(NodeId id) {
    switch (node(id).kind) {
        case SyntaxKind::literal: return literal_type(node(id).literal);
        case SyntaxKind::name: return name(id);
        case SyntaxKind::select:
        case SyntaxKind::presence: return select(id);
        case SyntaxKind::index: return index(id);
        case SyntaxKind::call:
        case SyntaxKind::method: return call(id);
        case SyntaxKind::negate: return negate(id);
        case SyntaxKind::binary: return binary(id);
        case SyntaxKind::logical_not:
        case SyntaxKind::logical_and:
        case SyntaxKind::logical_or: return logical(id);
        case SyntaxKind::conditional: return conditional(id);
        case SyntaxKind::list: return list(id);
        case SyntaxKind::map: return map(id);
        case SyntaxKind::macro: return macro(id);
        case SyntaxKind::optional_index: return optional_index(id);
        case SyntaxKind::optional_entry: return optional_entry(id);
    }
    return Type();
}

// What a dotted name means as a whole; nothing where it is to be read as a selection, or unknown.
std::optional<Typed> Checker::resolved_name(NodeId id) {
    const auto dotted = dotted_name(checked_.tree, id);
    if (!dotted) return std::nullopt;
    NodeFacts& facts = checked_.facts[id];
    if (const auto local = find_local(node(dotted->root).name); local && !dotted->is_rooted) {
        if (dotted->root != id) return std::nullopt;
        facts.use = Use::local;
        facts.index = static_cast<int>(*local);
        return locals_[*local].type;
    }
    const Resolved resolved = resolve(*dotted, declarations_);
    switch (resolved.meaning) {
        case Meaning::nothing: return std::nullopt;
        case Meaning::field: return use_slot(id, *resolved.field);
        case Meaning::record: return whole_record(id, resolved.record_name);
        case Meaning::unknown_field: return unknown_field(id, resolved);
        case Meaning::type: break;
    }
    facts.use = Use::type_name;
    facts.described = resolved.type;
    return Type(TypeKind::type);
}

Typed Checker::name(NodeId id) {
    if (const auto resolved = resolved_name(id)) return *resolved;
    checked_.facts[id].use = Use::unknown_name;
    if (!is_strict()) return Type();
    const std::string near = nearest_name(node(id).name, declarations_.names());
    return tl::unexpected(Complaint{.offset = node(id).offset,
                                    .rule = rule_unknown_name,
                                    .message = fmt::format("{} is not declared", node(id).name),
                                    .hint = near.empty() ? "strings stand in quotes" : "did you mean " + near + "?"});
}

Typed Checker::select(NodeId id) {
    const bool is_presence = node(id).kind == SyntaxKind::presence;
    if (const auto resolved = resolved_name(id)) {
        if (!*resolved || !is_presence) return *resolved;
        return Type(TypeKind::boolean);
    }
    const Typed target = check_node(node(id).children[0]);
    if (!target) return target;
    const bool is_optional = target->kind == TypeKind::optional;
    const Type& held = is_optional ? target->parameters[0] : *target;
    const bool is_map = held.kind == TypeKind::map && fits(held.parameters[0], TypeKind::string);
    if (!held.is_dyn() && !is_map) {
        return type_error(id, fmt::format("{} has no field {}", to_text(*target), node(id).name), {});
    }
    if (is_presence) return Type(TypeKind::boolean);
    const Type field = is_map ? held.parameters[1] : Type();
    return is_optional ? Type::optional_of(field) : field;
}

Typed Checker::index(NodeId id) {
    if (const auto field = record_index(id)) return *field;
    const Typed target = check_node(node(id).children[0]);
    if (!target) return target;
    const Typed key = check_node(node(id).children[1]);
    if (!key) return key;
    const auto result = index_result(*target, *key);
    if (result) return *result;
    return type_error(id, fmt::format("{}[{}] does not exist", to_text(*target), to_text(*key)),
                      "lists are indexed by int, maps by their keys");
}

// feature["orders_90d"] is feature.orders_90d.
std::optional<Typed> Checker::record_index(NodeId id) {
    const auto dotted = dotted_name(checked_.tree, node(id).children[0]);
    if (!dotted || (!dotted->is_rooted && find_local(node(dotted->root).name))) return std::nullopt;
    Resolved resolved = resolve(*dotted, declarations_);
    if (resolved.meaning != Meaning::record) return std::nullopt;
    const SyntaxNode& key = node(node(id).children[1]);
    if (key.kind != SyntaxKind::literal || key.literal.kind() != Kind::string) {
        return whole_record(id, resolved.record_name);
    }
    resolved.field_name = key.literal.as_text();
    const auto field = resolved.record->find(resolved.field_name);
    if (field == resolved.record->end()) return unknown_field(id, resolved);
    return use_slot(id, field->second);
}

Typed Checker::call(NodeId id) {
    if (auto unknown = unknown_library_function(id)) return *std::move(unknown);
    std::vector<Type> arguments;
    for (const NodeId child : node(id).children) {
        const Typed argument = check_node(child);
        if (!argument) return argument;
        arguments.push_back(*argument);
    }
    const bool is_method = node(id).kind == SyntaxKind::method;
    const auto overloads = find_overloads(node(id).name, is_method ? CallStyle::method : CallStyle::function);
    if (!overloads.empty()) return call_result(id, overloads, arguments);
    const std::string near = nearest_name(node(id).name, function_names());
    std::string hint = near.empty() ? "see docs/reference/expressions.md" : "did you mean " + near + "?";
    if (near == node(id).name) hint = is_method ? "write " + near + "(x)" : "write x." + near + "()";
    return unknown_function(id, fmt::format("there is no function {}", node(id).name), std::move(hint));
}

Typed Checker::call_result(NodeId id, const std::vector<Overload>& overloads, const std::vector<Type>& arguments) {
    const bool has_arity = std::any_of(overloads.begin(), overloads.end(),
                                       [&](const Overload& overload) { return overload.arity == arguments.size(); });
    if (!has_arity) {
        return unknown_function(id, fmt::format("{} takes another number of arguments", node(id).name), {});
    }
    const Function function = overloads.front().function;
    checked_.facts[id].function = function;
    if (function == Function::greatest || function == Function::least) {
        const auto expected = expect_numbers(id);
        if (!expected) return tl::unexpected(expected.error());
    }
    std::optional<Type> result;
    for (const Overload& overload : overloads) {
        bool takes = overload.arity == arguments.size();
        for (std::size_t i = 0; takes && i < arguments.size(); ++i) takes = fits(arguments[i], overload.parameters[i]);
        if (takes) result = result ? join(*result, overload.result) : Type(overload.result);
    }
    if (result) result = generic_result(function, arguments, *result);
    if (result) return *result;
    return type_error(id, fmt::format("{} does not take {}", node(id).name, argument_text(arguments)),
                      "convert the argument, for example string(x)");
}

// The list that greatest() and least() choose from may stand there with each of its elements.
tl::expected<void, Complaint> Checker::expect_numbers(NodeId id) {
    const SyntaxNode& list = node(node(id).children[0]);
    if (list.kind != SyntaxKind::list || !is_strict()) return {};
    for (const NodeId child : list.children) {
        const Type& type = checked_.facts[child].type;
        if (type.is_dyn() || type.is_number()) continue;
        return tl::unexpected(
            Complaint{.offset = node(child).offset,
                      .rule = rule_type,
                      .message = fmt::format("{} chooses from numbers, not {}", node(id).name, to_text(type)),
                      .hint = "convert it, for example int(x)"});
    }
    return {};
}

// math.abc(x) is no method of something that is called `math`.
std::optional<Typed> Checker::unknown_library_function(NodeId id) {
    if (node(id).kind != SyntaxKind::method) return std::nullopt;
    const NodeId target = node(id).children[0];
    const auto dotted = dotted_name(checked_.tree, target);
    if (!dotted || dotted->root != target || !is_library_name(dotted->text)) return std::nullopt;
    if (find_local(dotted->text) || resolve(*dotted, declarations_).meaning != Meaning::nothing) return std::nullopt;
    const std::string name = dotted->text + "." + node(id).name;
    const std::string near = nearest_name(name, function_names());
    return unknown_function(id, fmt::format("there is no function {}", name),
                            near.empty() ? "see docs/reference/expressions.md" : "did you mean " + near + "?");
}

Typed Checker::negate(NodeId id) {
    const Typed operand = check_node(node(id).children[0]);
    if (!operand) return operand;
    const auto result = negation_result(*operand);
    if (result) return *result;
    return type_error(id, fmt::format("{} cannot be negated", to_text(*operand)), {});
}

Typed Checker::binary(NodeId id) {
    const Typed left = check_node(node(id).children[0]);
    if (!left) return left;
    const Typed right = check_node(node(id).children[1]);
    if (!right) return right;
    const auto result = binary_result(node(id).operation, *left, *right);
    if (result) return *result;
    return type_error(
        id, fmt::format("{} {} {} has no meaning", to_text(*left), operator_text(node(id).operation), to_text(*right)),
        conversion_hint(*left, *right));
}

Typed Checker::logical(NodeId id) {
    for (const NodeId child : node(id).children) {
        const auto expected = expect_bool(child, "an operand of a logical operator");
        if (!expected) return tl::unexpected(expected.error());
    }
    return Type(TypeKind::boolean);
}

Typed Checker::conditional(NodeId id) {
    const auto expected = expect_bool(node(id).children[0], "the condition before '?'");
    if (!expected) return tl::unexpected(expected.error());
    const Typed first = check_node(node(id).children[1]);
    if (!first) return first;
    const Typed second = check_node(node(id).children[2]);
    if (!second) return second;
    if (fits(*first, *second)) return join(*first, *second);
    return type_error(id, fmt::format("the two results are {} and {}", to_text(*first), to_text(*second)),
                      "both have one type");
}

Typed Checker::list(NodeId id) {
    std::optional<Type> element;
    for (const NodeId child : node(id).children) {
        const Typed type = check_node(child);
        if (!type) return type;
        element = element ? join(*element, *type) : *type;
    }
    return Type::list_of(element.value_or(Type()));
}

Typed Checker::map(NodeId id) {
    std::optional<Type> key;
    std::optional<Type> value;
    for (std::size_t i = 0; i < node(id).children.size(); ++i) {
        const Typed type = check_node(node(id).children[i]);
        if (!type) return type;
        std::optional<Type>& side = i % 2 == 0 ? key : value;
        side = side ? join(*side, *type) : *type;
        const bool is_key_type = type->is_dyn() || type->kind == TypeKind::boolean || type->kind == TypeKind::string ||
                                 (type->is_number() && type->kind != TypeKind::real);
        if (i % 2 == 0 && !is_key_type && is_strict()) {
            return type_error(node(id).children[i], fmt::format("a key cannot be {}", to_text(*type)),
                              "keys are bool, int, uint or string");
        }
    }
    return Type::map_of(key.value_or(Type()), value.value_or(Type()));
}

tl::expected<void, Complaint> Checker::expect_bool(NodeId id, const char* what) {
    const Typed type = check_node(id);
    if (!type) return tl::unexpected(type.error());
    if (type->is_dyn() || type->kind == TypeKind::boolean || !is_strict()) return {};
    return tl::unexpected(Complaint{.offset = node(id).offset,
                                    .rule = rule_type,
                                    .message = fmt::format("{} is {}, not bool", what, to_text(*type)),
                                    .hint = "compare it with something"});
}

Typed Checker::use_slot(NodeId id, const Field& field) {
    checked_.facts[id].use = Use::slot;
    checked_.facts[id].index = field.slot;
    return field.type;
}

Typed Checker::unknown_field(NodeId id, const Resolved& resolved) {
    checked_.facts[id].use = Use::unknown_name;
    if (!is_strict()) return Type();
    std::vector<std::string> known;
    for (const auto& [name, field] : *resolved.record) known.push_back(name);
    const std::string near = nearest_name(resolved.field_name, known);
    std::string hint = "declare it first";
    if (!near.empty()) hint = fmt::format("did you mean {}.{}?", resolved.record_name, near);
    return tl::unexpected(
        Complaint{.offset = node(id).offset,
                  .rule = rule_unknown_name,
                  .message = fmt::format("{} has no field {}", resolved.record_name, resolved.field_name),
                  .hint = std::move(hint)});
}

Typed Checker::unknown_function(NodeId id, std::string message, std::string hint) {
    checked_.facts[id].use = Use::unknown_function;
    if (!is_strict()) return Type();
    return tl::unexpected(Complaint{
        .offset = node(id).offset, .rule = rule_unknown_name, .message = std::move(message), .hint = std::move(hint)});
}

// Without type check the mistake is left to the evaluator.
Typed Checker::type_error(NodeId id, std::string message, std::string hint) const {
    if (!is_strict()) return Type();
    return tl::unexpected(Complaint{
        .offset = node(id).offset, .rule = rule_type, .message = std::move(message), .hint = std::move(hint)});
}

tl::unexpected<Complaint> Checker::whole_record(NodeId id, const std::string& root) const {
    return tl::unexpected(Complaint{.offset = node(id).offset,
                                    .rule = rule_type,
                                    .message = fmt::format("{} as a whole is no value", root),
                                    .hint = fmt::format("read one of its fields: {}.name", root)});
}

std::optional<std::size_t> Checker::find_local(const std::string& name) const {
    for (std::size_t i = locals_.size(); i > 0; --i) {
        if (locals_[i - 1].name == name) return i - 1;
    }
    return std::nullopt;
}

namespace {

std::string argument_text(const std::vector<Type>& types) {
    std::string text;
    for (const Type& type : types) text += (text.empty() ? "" : ", ") + to_text(type);
    return text.empty() ? "no arguments" : text;
}

std::string conversion_hint(const Type& left, const Type& right) {
    if (left.kind == TypeKind::optional || right.kind == TypeKind::optional)
        return "ask it for its value: x.orValue(...)";
    if (left.kind == TypeKind::null || right.kind == TypeKind::null) return "ask has(...) whether a value is there";
    if (left.is_number() && right.is_number()) return "convert one side, for example double(x)";
    return "convert one side, for example string(x) or int(x)";
}

}  // namespace

}  // namespace segmentd::rules::expression
