// Compiles segments, and refuses conditions that cannot have been meant.
#include <fmt/format.h>

#include "rules/rulebook/builder.hpp"
#include "rules/rulebook/implication.hpp"

namespace segmentd::rules {
namespace {

OperandKnowledge knowledge_of(const Rulebook& book, const expression::Declarations& customer);

}  // namespace

void Builder::compile_segments() {
    for (const auto& segment : book_.definitions.segments) {
        CompiledSegment compiled;
        compiled.enter = compile(segment.enter, customer_);
        compiled.stay = segment.stay.empty() ? compiled.enter : compile(segment.stay, customer_);
        compiled.leave_at_once = compile(segment.leave_at_once, customer_);
        const bool is_whole = compiled.enter.size() == segment.enter.size() &&
                              compiled.leave_at_once.size() == segment.leave_at_once.size() &&
                              (segment.stay.empty() || compiled.stay.size() == segment.stay.size());
        if (is_whole) {
            refuse_constants(segment, "enter", segment.enter, compiled.enter);
            refuse_constants(segment, "leave_at_once", segment.leave_at_once, compiled.leave_at_once);
            refuse_stays(segment);
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
    const auto known = knowledge_of(book_, customer_);
    for (const auto& line : segment.stay) {
        const auto follows = implication(segment.enter, line.text, known);
        if (follows == Implication::shown || follows == Implication::open) continue;
        refuse(line.place,
               fmt::format("segment {}: stay: '{}' puts out customers whom enter has just let in", segment.id.text,
                           line.text.substr(0, 60)),
               "stay_not_implied", "make the line at most as strict as enter, or write it into enter too");
    }
}

namespace {

// What a feature counts is never below 0.
std::optional<double> least_of(const Rulebook& book, std::string_view root, std::string_view name) {
    if (root != "feature") return std::nullopt;
    const auto* feature = find(book.definitions.features, FeatureId(std::string(name)));
    if (feature == nullptr) return std::nullopt;
    const bool counts = feature->compute == Aggregate::count || feature->compute == Aggregate::distinct ||
                        feature->compute == Aggregate::recency;
    return counts ? std::optional(0.0) : std::nullopt;
}

OperandKnowledge knowledge_of(const Rulebook& book, const expression::Declarations& customer) {
    OperandKnowledge known;
    known.facts = [&](std::string_view operand) -> std::optional<OperandFacts> {
        const auto dot = operand.find('.');
        if (dot == std::string_view::npos) return std::nullopt;
        const auto* fields = customer.find_record(operand.substr(0, dot));
        if (fields == nullptr) return std::nullopt;
        const auto field = fields->find(operand.substr(dot + 1));
        if (field == fields->end()) return std::nullopt;
        return OperandFacts{field->second.type == expression::TypeKind::integer,
                            least_of(book, operand.substr(0, dot), operand.substr(dot + 1))};
    };
    known.threshold = [&](std::string_view name) -> std::optional<double> {
        for (std::size_t i = 0; i < book.threshold_names.size(); ++i) {
            if (book.threshold_names[i] == name) return book.threshold_values[i];
        }
        return std::nullopt;
    };
    return known;
}

}  // namespace
}  // namespace segmentd::rules
