#include "rules/expression/tree_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace segmentd::rules::expression {
namespace {

struct MacroForm {
    std::string_view name;
    std::size_t children;  // with the range
    Macro macro;
};

std::optional<Macro> macro_of(const SyntaxNode& method);

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
    if (const auto macro = macro_of(node)) return add_macro(std::move(node), *macro);
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

Parsed TreeBuilder::add_macro(SyntaxNode node, Macro macro) {
    const SyntaxNode& variable = tree.nodes[node.children[1]];
    if (variable.kind != SyntaxKind::name || variable.is_rooted) {
        return tl::unexpected(
            Complaint{.offset = variable.offset,
                      .message = fmt::format("the first argument of {}() is the name of a variable", node.name),
                      .hint = fmt::format("write list.{}(item, ...)", node.name)});
    }
    node.kind = SyntaxKind::macro;
    node.macro = macro;
    node.name = variable.name;
    node.children.erase(node.children.begin() + 1);
    return add(std::move(node));
}

namespace {

std::optional<Macro> macro_of(const SyntaxNode& method) {
    static constexpr std::array<MacroForm, 6> forms = {{
        {"all", 3, Macro::all},
        {"exists", 3, Macro::exists},
        {"exists_one", 3, Macro::exists_one},
        {"map", 3, Macro::map},
        {"map", 4, Macro::map},
        {"filter", 3, Macro::filter},
    }};
    if (method.kind != SyntaxKind::method) return std::nullopt;
    for (const MacroForm& form : forms) {
        if (form.name == method.name && form.children == method.children.size()) return form.macro;
    }
    return std::nullopt;
}

}  // namespace

}  // namespace segmentd::rules::expression
