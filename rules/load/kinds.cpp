#include "rules/load/kinds.hpp"

#include <algorithm>
#include <array>

#include "rules/load/kind_tables.hpp"

namespace segmentd::rules::load {
namespace {

constexpr std::array<std::string_view, 10> kinds_without_grammar = {
    "journey", "experiment_template", "price_rule", "price_test", "catalogue", "holdout",
    "layer",   "contingency",         "story",      "report"};

template <typename Record>
Kind kind(const char* word, const Table<Record>& table, std::vector<Record> Definitions::* list) {
    return {word, table.doc, shape_of(table),
            [list, reader = record(table)](const Node& node, Reading& reading, Definitions& definitions) {
                if (auto value = reader.read(node, reading)) (definitions.*list).push_back(std::move(*value));
            }};
}

Kind workspace_kind() {
    const auto& table = workspace_table();
    return {"workspace", table.doc, shape_of(table),
            [reader = record(table)](const Node& node, Reading& reading, Definitions& definitions) {
                if (auto value = reader.read(node, reading)) definitions.workspace = std::move(*value);
            }};
}

}  // namespace

const std::vector<Kind>& kinds() {
    static const std::vector<Kind> all = {
        workspace_kind(),
        kind("signal", signal_table(), &Definitions::signals),
        kind("source", source_table(), &Definitions::sources),
        kind("feature", feature_table(), &Definitions::features),
        kind("model", model_table(), &Definitions::models),
        kind("segment", segment_table(), &Definitions::segments),
        kind("family", family_table(), &Definitions::families),
        kind("playbook", playbook_table(), &Definitions::playbooks),
        kind("endpoint", endpoint_table(), &Definitions::endpoints),
        kind("metric", metric_table(), &Definitions::metrics),
        kind("pilot", pilot_table(), &Definitions::pilots),
        kind("governance", governance_table(), &Definitions::governance),
    };
    return all;
}

const Kind* find_kind(std::string_view word) {
    const auto& all = kinds();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Kind& kind) { return kind.word == word; });
    return found == all.end() ? nullptr : &*found;
}

bool is_kind_without_grammar(std::string_view word) {
    return std::find(kinds_without_grammar.begin(), kinds_without_grammar.end(), word) != kinds_without_grammar.end();
}

}  // namespace segmentd::rules::load
