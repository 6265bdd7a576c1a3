#include "rules/expression/cost.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "rules/expression/compile_error.hpp"
#include "rules/expression/extent.hpp"

namespace segmentd::rules::expression {
namespace {

using Found = tl::expected<Extent, Complaint>;

// So heavy that every call costs too much, and so light that a product of two fits into 64 bits.
constexpr std::uint64_t heaviest = 1'000'000'000;

// Adds up what each node may cost, from the leaves up, and stops at the first that costs too much.
class CostBound {
  public:
    CostBound(const CheckedTree& checked, const Limits& limits)
        : checked_(checked), limits_(limits), locals_(static_cast<std::size_t>(checked.local_count)) {}

    Found visit(NodeId id);
    std::uint64_t total() const { return total_; }

  private:
    Found operands(NodeId id);
    Found own_extent(NodeId id, const std::vector<Extent>& operands);
    Extent call(NodeId id, const std::vector<Extent>& operands);
    Found conditional(NodeId id);
    Found macro(NodeId id);
    Found body_of_macro(NodeId id, const Extent& range);
    void set_variables(NodeId id, const Extent& range);
    void charge(std::uint64_t work) { total_ = capped_sum(total_, capped_sum(1, work / weight_a_step)); }
    Found checked(NodeId id, const Extent& extent) const;

    const SyntaxNode& node(NodeId id) const { return checked_.tree.nodes[id]; }
    const NodeFacts& facts(NodeId id) const { return checked_.facts[id]; }

    const CheckedTree& checked_;
    const Limits& limits_;
    std::vector<Extent> locals_;
    std::uint64_t total_ = 0;
};

}  // namespace

Result<std::uint64_t> worst_cost(const CheckedTree& checked, std::string_view text, const Limits& limits) {
    CostBound bound(checked, limits);
    auto found = bound.visit(checked.tree.root);
    if (!found) return fail(to_error(text, std::move(found).error()));
    return bound.total();
}

namespace {

Found CostBound::visit(NodeId id) {
    switch (facts(id).use) {
        case Use::slot: return extent_of(facts(id).type, limits_);
        case Use::local: return locals_[static_cast<std::size_t>(facts(id).index)];
        case Use::plain: break;
        default: return Extent();
    }
    switch (node(id).kind) {
        case SyntaxKind::literal: return extent_of(node(id).literal);
        case SyntaxKind::conditional: return conditional(id);
        case SyntaxKind::macro: return macro(id);
        default: return operands(id);
    }
}

Found CostBound::operands(NodeId id) {
    std::vector<Extent> extents;
    for (const NodeId child : node(id).children) {
        const Found operand = visit(child);
        if (!operand) return operand;
        extents.push_back(*operand);
    }
    return own_extent(id, extents);
}

Found CostBound::own_extent(NodeId id, const std::vector<Extent>& operands) {
    Extent extent;
    switch (node(id).kind) {
        case SyntaxKind::select: extent = element_of(operands[0]); break;
        case SyntaxKind::index: extent = element_of(operands[0]); break;
        case SyntaxKind::optional_index: extent = optional_of(element_of(operands[0])); break;
        case SyntaxKind::optional_entry: extent = element_of(operands[0]); break;
        case SyntaxKind::call:
        case SyntaxKind::method: extent = call(id, operands); break;
        case SyntaxKind::binary:
            charge(work_of(node(id).operation, operands[0].weight, operands[1].weight));
            if (node(id).operation == BinaryOperator::add) extent = sum_of(operands[0], operands[1]);
            break;
        case SyntaxKind::list:
            charge(operands.size());
            extent = collection_of(operands, operands.size());
            break;
        case SyntaxKind::map:
            charge(operands.size() / 2);
            extent = collection_of(operands, operands.size() / 2);
            break;
        default: break;
    }
    return checked(id, extent);
}

Extent CostBound::call(NodeId id, const std::vector<Extent>& operands) {
    std::vector<std::uint64_t> weights;
    for (const Extent& operand : operands) weights.push_back(std::min(operand.weight, heaviest));
    // Without type check a literal may be no regular expression, which the evaluation then finds out.
    const bool has_compiled_pattern = facts(id).function == Function::matches &&
                                      node(node(id).children[1]).kind == SyntaxKind::literal &&
                                      checked_.strictness == Strictness::checked;
    charge(has_compiled_pattern ? capped_product(weights[0], weights[1]) : work_of(facts(id).function, weights));
    return result_extent(facts(id).function, operands);
}

// One branch is evaluated: the dearer one.
Found CostBound::conditional(NodeId id) {
    const Found condition = visit(node(id).children[0]);
    if (!condition) return condition;
    const std::uint64_t before = total_;
    const Found first = visit(node(id).children[1]);
    if (!first) return first;
    const std::uint64_t after_first = total_;
    total_ = before;
    const Found second = visit(node(id).children[2]);
    if (!second) return second;
    total_ = std::max(total_, after_first);
    return checked(id, larger_of(*first, *second));
}

Found CostBound::macro(NodeId id) {
    const Found range = visit(node(id).children[0]);
    if (!range) return range;
    set_variables(id, *range);
    const bool is_walk = node(id).macro < Macro::bind;
    const std::uint64_t before = total_;
    total_ = 0;
    const Found result = body_of_macro(id, *range);
    if (!result) return result;
    charge(0);
    total_ = capped_sum(before, capped_product(total_, is_walk ? range->elements : 1));
    if (makes_map(node(id).macro)) charge(range->elements);
    return checked(id, *result);
}

Found CostBound::body_of_macro(NodeId id, const Extent& range) {
    Extent body;
    for (std::size_t i = 1; i < node(id).children.size(); ++i) {
        const Found part = visit(node(id).children[i]);
        if (!part) return part;
        body = *part;
    }
    switch (node(id).macro) {
        case Macro::all:
        case Macro::exists:
        case Macro::exists_one: return Extent();
        case Macro::filter: return range;
        case Macro::bind:
        case Macro::optional_flat_map: return body;
        case Macro::optional_map: return optional_of(body);
        case Macro::transform_map_entry:
            charge(body.weight);
            return repeated(element_of(body), capped_product(range.elements, body.elements));
        case Macro::transform_map: return repeated(larger_of(body, element_of(range)), range.elements);
        default: return repeated(body, range.elements);
    }
}

void CostBound::set_variables(NodeId id, const Extent& range) {
    const auto index = static_cast<std::size_t>(facts(id).index);
    const bool is_bound = node(id).macro == Macro::bind;
    locals_[index] = is_bound ? range : element_of(range);
    if (!node(id).second_name.empty()) locals_[index + 1] = element_of(range);
}

Found CostBound::checked(NodeId id, const Extent& extent) const {
    if (total_ <= limits_.cost) return extent;
    const bool is_astronomic = total_ >= most_counted;
    return tl::unexpected(
        Complaint{.offset = node(id).offset,
                  .rule = rule_limit,
                  .message = fmt::format("the expression may cost {}{} steps, at most {} are allowed",
                                         is_astronomic ? "more than " : "", total_, limits_.cost),
                  .hint = "do not walk over a list for each element of another, and search in shorter texts"});
}

}  // namespace

}  // namespace segmentd::rules::expression
