#include "rules/rulebook/segment_meaning.hpp"

#include <algorithm>

namespace segmentd::rules {
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

}  // namespace

OperandKnowledge knowledge_of(const Rulebook& book) {
    OperandKnowledge known;
    known.facts = [&](std::string_view operand) -> std::optional<OperandFacts> {
        const auto dot = operand.find('.');
        if (dot == std::string_view::npos) return std::nullopt;
        const auto* fields = book.scope.find_record(operand.substr(0, dot));
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

namespace {

bool implies(const WrittenCondition& one, const WrittenCondition& other) {
    const auto known = knowledge_of(one.book);
    return std::ranges::all_of(
        other.lines, [&](const auto& line) { return implication(one.lines, line.text, known) == Implication::shown; });
}

}  // namespace

MeaningChange compare_conditions(const WrittenCondition& from, const WrittenCondition& to) {
    const bool is_wider = implies(from, to);
    const bool is_narrower = implies(to, from);
    if (is_wider && is_narrower) return MeaningChange::same;
    if (is_wider) return MeaningChange::wider;
    return is_narrower ? MeaningChange::narrower : MeaningChange::open;
}

const char* to_word(MeaningChange change) {
    switch (change) {
        case MeaningChange::same: return "same";
        case MeaningChange::wider: return "wider";
        case MeaningChange::narrower: return "narrower";
        case MeaningChange::open: break;
    }
    return "open";
}

}  // namespace segmentd::rules
