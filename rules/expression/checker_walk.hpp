// The walk of the checker: one method for each kind of node. Only checker*.cpp include this.
#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "rules/expression/checker.hpp"
#include "rules/expression/compile_error.hpp"
#include "rules/expression/name_resolution.hpp"

namespace segmentd::rules::expression {

using Typed = tl::expected<Type, Complaint>;

// Walks from the root; recursion is as deep as the tree, which the parser has limited.
class Checker {
  public:
    Checker(CheckedTree& checked, const Declarations& declarations, Strictness strictness)
        : checked_(checked), declarations_(declarations), strictness_(strictness) {}

    Typed check_node(NodeId id);

  private:
    Typed type_of(NodeId id);
    std::optional<Typed> resolved_name(NodeId id);
    Typed name(NodeId id);
    Typed select(NodeId id);
    Typed index(NodeId id);
    std::optional<Typed> record_index(NodeId id);
    Typed call(NodeId id);
    Typed call_result(NodeId id, const std::vector<Overload>& overloads, const std::vector<Type>& arguments);
    tl::expected<void, Complaint> expect_numbers(NodeId id);
    std::optional<Typed> unknown_library_function(NodeId id);
    Typed negate(NodeId id);
    Typed binary(NodeId id);
    Typed logical(NodeId id);
    Typed conditional(NodeId id);
    Typed list(NodeId id);
    Typed map(NodeId id);
    Typed optional_index(NodeId id);
    Typed optional_entry(NodeId id);
    Typed macro(NodeId id);
    Typed bind(NodeId id);
    Typed optional_macro(NodeId id);
    Typed walk(NodeId id);
    Typed body_of_walk(NodeId id);
    Typed in_scope(NodeId id, const std::string& name, const Type& type);
    tl::expected<void, Complaint> expect_bool(NodeId id, const char* what);

    Typed use_slot(NodeId id, const Field& field);
    Typed unknown_field(NodeId id, const Resolved& resolved);
    Typed unknown_function(NodeId id, std::string message, std::string hint);
    Typed type_error(NodeId id, std::string message, std::string hint) const;
    tl::unexpected<Complaint> whole_record(NodeId id, const std::string& root) const;
    std::optional<std::size_t> find_local(const std::string& name) const;

    const SyntaxNode& node(NodeId id) const { return checked_.tree.nodes[id]; }
    bool is_strict() const { return strictness_ == Strictness::checked; }

    struct Local {
        std::string name;
        Type type;
    };

    CheckedTree& checked_;
    const Declarations& declarations_;
    Strictness strictness_;
    std::vector<Local> locals_;
};

}  // namespace segmentd::rules::expression
