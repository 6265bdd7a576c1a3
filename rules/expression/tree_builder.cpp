#include "rules/expression/tree_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "rules/expression/functions.hpp"

namespace segmentd::rules::expression {
namespace {

struct MacroForm {
    std::string_view name;
    std::size_t children;  // with the range
    std::size_t variables;
    Macro macro;
};

const MacroForm* macro_of(const SyntaxTree& tree, const SyntaxNode& method);
bool is_name(const SyntaxNode& node);

}  // namespace

Parsed TreeBuilder::add(SyntaxNode node) {
    for (const NodeId child : node.children) node.depth = std::max(node.depth, tree.nodes[child].depth + 1);
    if (node.depth > limits_.depth) return tl::unexpected(too_deep(node.offset));
    if (tree.nodes.size() >= limits_.nodes) {
        return tl::unexpected(Complaint{.offset = node.offset,
                                        .rule = rule_limit,
                                        .message = fmt::format("the expression has more than {} parts", limits_.nodes),
                                        .hint = "split it into several conditions"});
    }
    tree.nodes.push_back(std::move(node));
    return static_cast<NodeId>(tree.nodes.size() - 1);
}

Parsed TreeBuilder::add_call(SyntaxNode node) {
    if (node.kind == SyntaxKind::call && node.name == "has" && node.children.size() == 1 && !node.is_rooted) {
        return add_presence(std::move(node));
    }
    if (const MacroForm* form = macro_of(tree, node)) return add_macro(std::move(node), form->macro, form->variables);
    if (node.kind == SyntaxKind::method && is_name(tree.nodes[node.children[0]])) {
        return add_qualified_call(std::move(node));
    }
    return add(std::move(node));
}

Complaint TreeBuilder::too_deep(std::size_t offset) const {
    return Complaint{.offset = offset,
                     .rule = rule_limit,
                     .message = fmt::format("the expression is nested more than {} levels deep", limits_.depth),
                     .hint = "split it into several conditions"};
}

// The argument was added as a selection; it becomes the question whether the field is there.
Parsed TreeBuilder::add_presence(SyntaxNode node) {
    SyntaxNode& argument = tree.nodes[node.children[0]];
    if (argument.kind != SyntaxKind::select) {
        return tl::unexpected(Complaint{.offset = argument.offset,
                                        .message = "has() asks for a field, and this is none",
                                        .hint = "write has(feature.orders_90d)"});
    }
    argument.kind = SyntaxKind::presence;
    return node.children[0];
}

Parsed TreeBuilder::add_macro(SyntaxNode node, Macro macro, std::size_t variables) {
    if (macro == Macro::bind) node.children.erase(node.children.begin());
    const std::size_t first = macro == Macro::bind ? 0 : 1;
    for (std::size_t i = first; i < first + variables; ++i) {
        const SyntaxNode& variable = tree.nodes[node.children[i]];
        const bool is_repeated = i > first && variable.name == tree.nodes[node.children[first]].name;
        if (is_name(variable) && !is_repeated) continue;
        return tl::unexpected(
            Complaint{.offset = variable.offset,
                      .message = fmt::format("the {} argument of {}() is the name of {} variable",
                                             i > first ? "second" : "first", node.name, is_repeated ? "another" : "a"),
                      .hint = fmt::format("write list.{}({}item, ...)", node.name, variables == 2 ? "i, " : "")});
    }
    node.kind = SyntaxKind::macro;
    node.macro = macro;
    node.name = tree.nodes[node.children[first]].name;
    if (variables == 2) node.second_name = tree.nodes[node.children[first + 1]].name;
    const auto begin = node.children.begin() + static_cast<std::ptrdiff_t>(first);
    node.children.erase(begin, begin + static_cast<std::ptrdiff_t>(variables));
    return add(std::move(node));
}

// math.abs(x) reads as a method of `math` until it is known that a function has this name. What takes any
// number of arguments takes them as one list.
Parsed TreeBuilder::add_qualified_call(SyntaxNode node) {
    std::string name = tree.nodes[node.children[0]].name + "." + node.name;
    if (find_overloads(name, CallStyle::function).empty()) return add(std::move(node));
    node.kind = SyntaxKind::call;
    node.name = std::move(name);
    node.children.erase(node.children.begin());
    const bool takes_any_number = node.name == "math.greatest" || node.name == "math.least";
    if (!takes_any_number || node.children.size() < 2) return add(std::move(node));
    SyntaxNode list;
    list.kind = SyntaxKind::list;
    list.offset = node.offset;
    list.children = std::move(node.children);
    const Parsed added = add(std::move(list));
    if (!added) return added;
    node.children = {*added};
    return add(std::move(node));
}

namespace {

const MacroForm* macro_of(const SyntaxTree& tree, const SyntaxNode& method) {
    static constexpr MacroForm forms[] = {
        {"all", 3, 1, Macro::all},
        {"all", 4, 2, Macro::all},
        {"exists", 3, 1, Macro::exists},
        {"exists", 4, 2, Macro::exists},
        {"exists_one", 3, 1, Macro::exists_one},
        {"exists_one", 4, 2, Macro::exists_one},
        {"existsOne", 3, 1, Macro::exists_one},
        {"existsOne", 4, 2, Macro::exists_one},
        {"map", 3, 1, Macro::map},
        {"map", 4, 1, Macro::map},
        {"filter", 3, 1, Macro::filter},
        {"transformList", 4, 2, Macro::transform_list},
        {"transformList", 5, 2, Macro::transform_list},
        {"transformMap", 4, 2, Macro::transform_map},
        {"transformMap", 5, 2, Macro::transform_map},
        {"transformMapEntry", 4, 2, Macro::transform_map_entry},
        {"transformMapEntry", 5, 2, Macro::transform_map_entry},
        {"bind", 4, 1, Macro::bind},
        {"optMap", 3, 1, Macro::optional_map},
        {"optFlatMap", 3, 1, Macro::optional_flat_map},
    };
    if (method.kind != SyntaxKind::method) return nullptr;
    const SyntaxNode& target = tree.nodes[method.children[0]];
    for (const MacroForm& form : forms) {
        if (form.name != method.name || form.children != method.children.size()) continue;
        const bool is_cel = is_name(target) && target.name == "cel";
        if (form.macro != Macro::bind || is_cel) return &form;
    }
    return nullptr;
}

bool is_name(const SyntaxNode& node) {
    return node.kind == SyntaxKind::name && !node.is_rooted;
}

}  // namespace

}  // namespace segmentd::rules::expression
