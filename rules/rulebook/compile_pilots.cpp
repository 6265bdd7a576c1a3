// Compiles pilots: the metrics they judge, the purpose they need, and the lines of their verdicts.
#include <algorithm>
#include <set>

#include "rules/rulebook/builder.hpp"

namespace segmentd::rules {
namespace {

std::set<std::string> purposes_of_every_touch(const PlaybookDefinition& playbook) {
    std::set<std::string> purposes;
    for (const auto& touch : playbook.touches) purposes.insert(touch.purpose.id.text);
    return purposes;
}

}  // namespace

void Builder::compile_pilots() {
    for (const auto& pilot : book_.definitions.pilots) {
        CompiledPilot compiled;
        for (const auto& metric : metrics_of(pilot)) {
            compiled.metrics.push_back(*index_of(book_.definitions.metrics, metric));
        }
        compiled.purpose = purpose_of(pilot);
        compiled.leading = compile_decision(pilot, pilot.decide_leading);
        compiled.lagging = compile_decision(pilot, pilot.decide_lagging);
        book_.pilots.push_back(std::move(compiled));
    }
}

CompiledDecision Builder::compile_decision(const PilotDefinition& pilot, const DecisionDefinition& decision) {
    const auto scope = decision_scope(pilot);
    const auto line = [&](const ExpressionText& text) -> std::optional<expression::Program> {
        if (text.empty()) return std::nullopt;
        auto program = compile(text, scope, expression::TypeKind::boolean);
        if (program && expression::slots_read(*program).empty()) {
            refuse(text.place, "pilot " + pilot.id.text + ": the line says the same whatever the pilot shows",
                   "constant_condition", "ask something of the pilot, such as primary.better");
        }
        return program;
    };
    return {line(decision.ship), line(decision.roll_back), line(decision.confirm)};
}

// The purpose that the pilot names; else the one that every touch of every arm needs.
std::optional<std::size_t> Builder::purpose_of(const PilotDefinition& pilot) const {
    const auto& purposes = book_.definitions.workspace.purposes;
    if (!pilot.purpose.empty()) return index_of(purposes, pilot.purpose.id);
    const auto* segment = find(book_.definitions.segments, pilot.segment.id);
    std::set<std::string> needed;
    for (const auto& arm : pilot.arms) {
        const auto own = segment == nullptr ? PlaybookId{} : segment->playbook.id;
        const auto* playbook = find(book_.definitions.playbooks, arm.playbook.empty() ? own : arm.playbook.id);
        if (playbook == nullptr || playbook->touches.empty()) return std::nullopt;
        needed.merge(purposes_of_every_touch(*playbook));
    }
    if (needed.size() != 1) return std::nullopt;
    return index_of(purposes, PurposeId(*needed.begin()));
}

}  // namespace segmentd::rules
