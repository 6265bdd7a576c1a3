// Puts syntax nodes together within the limits, and turns calls into macros.
#pragma once

#include <tl/expected.hpp>
#include <vector>

#include "rules/expression/compile_error.hpp"
#include "rules/expression/limits.hpp"
#include "rules/expression/syntax.hpp"

namespace segmentd::rules::expression {

using Parsed = tl::expected<NodeId, Complaint>;

class TreeBuilder {
  public:
    explicit TreeBuilder(const Limits& limits) : limits_(limits) {}

    // Adds a node over children that were added before. Refuses by the limits of nodes and depth.
    Parsed add(SyntaxNode node);
    // A call or method; or the macro, or the function of a library such as math.abs, that it is by its name.
    Parsed add_call(SyntaxNode node);
    Complaint too_deep(std::size_t offset) const;

    SyntaxTree tree;

  private:
    Parsed add_presence(SyntaxNode node);
    Parsed add_macro(SyntaxNode node, Macro macro, std::size_t variables);
    Parsed add_qualified_call(SyntaxNode node);

    Limits limits_;
};

}  // namespace segmentd::rules::expression
