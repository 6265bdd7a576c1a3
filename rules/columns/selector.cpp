#include "rules/columns/selector.hpp"

#include <algorithm>
#include <utility>

#include "rules/columns/block_steps.hpp"
#include "rules/columns/selection_plan.hpp"

namespace segmentd::rules {
namespace {

std::vector<StepId> steps_of(SelectionPlan& plan, std::span<const expression::Program> lines) {
    std::vector<StepId> steps;
    for (const auto& line : lines) steps.push_back(add_condition(plan, line.code(), line.code().root));
    return steps;
}

}  // namespace

struct SelectionScratch::Buffers {
    explicit Buffers(const SelectionPlan& plan) : memory(plan) {}
    BlockMemory memory;
};

Selector::Selector(Table table) : plan_(std::make_unique<SelectionPlan>()) {
    plan_->table = std::move(table);
}

Selector::~Selector() = default;

std::size_t Selector::add(std::span<const expression::Program> lines) {
    results_.push_back(add_logical(*plan_, StepKind::conjunction, steps_of(*plan_, lines)));
    return results_.size() - 1;
}

std::size_t Selector::add(const EntryRule& rule) {
    const auto decided = [&](StepKind kind, StepId step) { return add_logical(*plan_, kind, {step}); };
    const auto all = [&](auto lines) { return add_logical(*plan_, StepKind::conjunction, steps_of(*plan_, lines)); };
    std::vector<StepId> all_of = {
        decided(rule.unknown_enters ? StepKind::is_not_no : StepKind::is_yes, all(rule.enter)),
        decided(StepKind::is_not_no, all(rule.stay))};
    for (const StepId leaves : steps_of(*plan_, rule.leave_at_once)) {
        all_of.push_back(decided(StepKind::negation, decided(StepKind::is_yes, leaves)));
    }
    results_.push_back(add_logical(*plan_, StepKind::conjunction, std::move(all_of)));
    return results_.size() - 1;
}

void Selector::define(std::size_t slot, std::size_t condition) {
    plan_->defined[slot] = add_logical(*plan_, StepKind::is_yes, {static_cast<StepId>(results_[condition])});
}

std::size_t Selector::steps() const {
    return plan_->steps.size();
}

std::size_t Selector::steps_by_row() const {
    return static_cast<std::size_t>(std::ranges::count(plan_->steps, StepKind::by_row, &Step::kind));
}

std::size_t Selector::blocks() const {
    return (plan_->table.rows + rows_a_block - 1) / rows_a_block;
}

void Selector::select(std::size_t block, SelectionScratch& scratch) const {
    make_steps(*plan_, block, scratch.buffers_->memory);
}

SelectionScratch::SelectionScratch(const Selector& selector)
    : selector_(selector), buffers_(std::make_unique<Buffers>(*selector.plan_)) {}

SelectionScratch::~SelectionScratch() = default;

const Answers& SelectionScratch::answers(std::size_t condition) const {
    return buffers_->memory.answers[selector_.results_[condition]];
}

}  // namespace segmentd::rules
