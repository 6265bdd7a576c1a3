// What a change of a condition means for those who meet it.
#pragma once

#include "rules/rulebook/implication.hpp"
#include "rules/rulebook/rulebook.hpp"

namespace segmentd::rules {

// What the definitions say of names in conditions. The book must outlive it.
OperandKnowledge knowledge_of(const Rulebook& book);

enum class MeaningChange {
    same,      // exactly the same customers, whatever is known of them
    wider,     // everybody who met the old condition meets the new one
    narrower,  // everybody who meets the new condition met the old one
    open,      // neither is shown; the figures tell
};

struct WrittenCondition {
    const Rulebook& book;
    const Condition& lines;
};

// By implication() both ways, each with the definitions of its own version; customers are taken to be the same.
MeaningChange compare_conditions(const WrittenCondition& from, const WrittenCondition& to);

const char* to_word(MeaningChange change);

}  // namespace segmentd::rules
