#include "daemon/modelling/segment_inputs.hpp"

namespace segmentd::daemon {
namespace {

std::set<std::size_t> slots_of(const rules::Programs& programs) {
    std::set<std::size_t> slots;
    for (const auto& program : programs) {
        for (const int slot : rules::expression::slots_read(program)) slots.insert(static_cast<std::size_t>(slot));
    }
    return slots;
}

// Of a family also the segments that come first.
std::set<std::size_t> slots_asked_of(const rules::Rulebook& book, std::size_t segment) {
    auto slots = slots_of(book.segments[segment].enter);
    for (const auto higher : book.segments[segment].comes_before) slots.insert(book.layout.segments + higher);
    return slots;
}

}  // namespace

SegmentInputs inputs_behind(const rules::Rulebook& book, std::size_t segment) {
    const auto& layout = book.layout;
    SegmentInputs inputs;
    std::set<std::size_t> seen;
    auto open = slots_asked_of(book, segment);
    while (!open.empty()) {
        const auto slot = open.extract(open.begin()).value();
        if (!seen.insert(slot).second) continue;
        if (slot < layout.thresholds) inputs.slots.insert(slot);
        if (slot >= layout.scores && slot < layout.thresholds) {
            const auto& score = book.scores[slot - layout.scores];
            inputs.models.insert(book.definitions.models[score.model].id);
            if (score.expression) open.merge(slots_of({*score.expression}));
            const auto& features = book.models[score.model].feature_slots;
            open.insert(features.begin(), features.end());
        }
        if (slot >= layout.segments && slot < layout.consents) {
            open.merge(slots_asked_of(book, slot - layout.segments));
        }
    }
    return inputs;
}

}  // namespace segmentd::daemon
