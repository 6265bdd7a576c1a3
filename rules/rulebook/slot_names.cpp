#include "rules/rulebook/slot_names.hpp"

namespace segmentd::rules {

std::string name_of_slot(const Rulebook& book, std::size_t slot) {
    const auto& layout = book.layout;
    const auto& definitions = book.definitions;
    if (slot < layout.features) return "profile." + book.profile_names[slot - layout.profile];
    if (slot < layout.scores) return "feature." + definitions.features[slot - layout.features].id.text;
    if (slot < layout.thresholds) return "score." + book.score_names[slot - layout.scores];
    if (slot < layout.segments) return "threshold." + book.threshold_names[slot - layout.thresholds];
    if (slot < layout.consents) return "segment." + definitions.segments[slot - layout.segments].id.text;
    return "consent." + definitions.workspace.purposes[slot - layout.consents].id.text;
}

}  // namespace segmentd::rules
