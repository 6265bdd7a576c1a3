#include "rules/expression/name_resolution.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace segmentd::rules::expression {
namespace {

Resolved resolve_exactly(std::string_view name, const Declarations& declarations);
Resolved resolve_type(std::string_view name);

}  // namespace

std::optional<DottedName> dotted_name(const SyntaxTree& tree, NodeId node) {
    std::vector<NodeId> path;
    NodeId at = node;
    for (; tree.nodes[at].kind == SyntaxKind::select || tree.nodes[at].kind == SyntaxKind::presence;
         at = tree.nodes[at].children[0]) {
        if (tree.nodes[at].is_quoted) return std::nullopt;
        path.push_back(at);
    }
    if (tree.nodes[at].kind != SyntaxKind::name) return std::nullopt;
    DottedName name{tree.nodes[at].name, at, tree.nodes[at].is_rooted};
    for (auto step = path.rbegin(); step != path.rend(); ++step) name.text += "." + tree.nodes[*step].name;
    return name;
}

Resolved resolve(const DottedName& name, const Declarations& declarations) {
    std::string_view container = name.is_rooted ? std::string_view() : declarations.container();
    Resolved best;
    while (true) {
        const std::string candidate = container.empty() ? name.text : std::string(container) + "." + name.text;
        Resolved found = resolve_exactly(candidate, declarations);
        if (found.meaning == Meaning::field || found.meaning == Meaning::record) return found;
        if (found.meaning == Meaning::unknown_field) best = std::move(found);
        if (container.empty()) break;
        const auto dot = container.rfind('.');
        container = dot == std::string_view::npos ? std::string_view() : container.substr(0, dot);
    }
    return best.meaning == Meaning::nothing ? resolve_type(name.text) : best;
}

namespace {

Resolved resolve_exactly(std::string_view name, const Declarations& declarations) {
    Resolved result;
    if (const Field* variable = declarations.find_variable(name)) {
        result.meaning = Meaning::field;
        result.field = variable;
        return result;
    }
    if (const auto* record = declarations.find_record(name)) {
        result.meaning = Meaning::record;
        result.record = record;
        result.record_name = name;
        return result;
    }
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos) return result;
    const auto* record = declarations.find_record(name.substr(0, dot));
    if (record == nullptr) return result;
    const auto field = record->find(name.substr(dot + 1));
    result.meaning = field == record->end() ? Meaning::unknown_field : Meaning::field;
    result.field = field == record->end() ? nullptr : &field->second;
    result.record = record;
    result.record_name = name.substr(0, dot);
    result.field_name = name.substr(dot + 1);
    return result;
}

Resolved resolve_type(std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, Kind>, 13> types = {{
        {"bool", Kind::boolean},
        {"bytes", Kind::bytes},
        {"double", Kind::real},
        {"int", Kind::integer},
        {"list", Kind::list},
        {"map", Kind::map},
        {"null_type", Kind::null},
        {"optional_type", Kind::optional},
        {"string", Kind::string},
        {"type", Kind::type},
        {"uint", Kind::unsigned_integer},
        {"google.protobuf.Timestamp", Kind::timestamp},
        {"google.protobuf.Duration", Kind::duration},
    }};
    Resolved result;
    for (const auto& [type_name, kind] : types) {
        if (type_name != name) continue;
        result.meaning = Meaning::type;
        result.type = kind;
    }
    return result;
}

}  // namespace

}  // namespace segmentd::rules::expression
