// Compiles segments, and refuses conditions that cannot have been meant.
#include <fmt/format.h>

#include "rules/rulebook/builder.hpp"
#include "rules/rulebook/segment_meaning.hpp"

namespace segmentd::rules {
void Builder::compile_segments() {
    for (const auto& segment : book_.definitions.segments) {
        CompiledSegment compiled;
        compiled.enter = compile(segment.enter, book_.scope);
        compiled.stay = segment.stay.empty() ? compiled.enter : compile(segment.stay, book_.scope);
        compiled.leave_at_once = compile(segment.leave_at_once, book_.scope);
        const bool is_whole = compiled.enter.size() == segment.enter.size() &&
                              compiled.leave_at_once.size() == segment.leave_at_once.size() &&
                              (segment.stay.empty() || compiled.stay.size() == segment.stay.size());
        if (is_whole && !is_recorded_) {
            refuse_constants(segment, "enter", segment.enter, compiled.enter);
            refuse_constants(segment, "leave_at_once", segment.leave_at_once, compiled.leave_at_once);
            refuse_stays(segment);
        }
        for (const auto& higher : segment.comes_before) {
            compiled.comes_before.push_back(*index_of(book_.definitions.segments, higher));
        }
        book_.segments.push_back(std::move(compiled));
    }
}

void Builder::refuse_constants(const SegmentDefinition& segment, const char* key, const Condition& lines,
                               const Programs& programs) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (!expression::slots_read(programs[i]).empty()) continue;
        refuse(lines[i].place,
               fmt::format("segment {}: {}: '{}' says the same of every customer", segment.id.text, key,
                           lines[i].text.substr(0, 60)),
               "constant_condition", "compare something of the customer, such as feature.orders_90d >= 1");
    }
}

void Builder::refuse_stays(const SegmentDefinition& segment) {
    const auto known = knowledge_of(book_);
    for (const auto& line : segment.stay) {
        const auto follows = implication(segment.enter, line.text, known);
        if (follows == Implication::shown || follows == Implication::open) continue;
        refuse(line.place,
               fmt::format("segment {}: stay: '{}' puts out customers whom enter has just let in", segment.id.text,
                           line.text.substr(0, 60)),
               "stay_not_implied", "make the line at most as strict as enter, or write it into enter too");
    }
}

}  // namespace segmentd::rules
