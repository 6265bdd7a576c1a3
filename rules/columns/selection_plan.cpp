#include "rules/columns/selection_plan.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "rules/expression/evaluation.hpp"

namespace segmentd::rules {

using expression::BinaryOperator;
using expression::Code;
using expression::Evaluation;
using expression::Instruction;
using expression::Kind;
using expression::Opcode;
using expression::Truth;
using expression::Value;

namespace {

constexpr std::size_t most_code_ranges = 8;

// Adds the steps of one program.
class Planner {
  public:
    Planner(SelectionPlan& plan, const Code& code) : plan_(plan), code_(code) {}

    StepId condition(std::uint32_t at);

  private:
    StepId by_opcode(std::uint32_t at);
    StepId logical(StepKind kind, const Instruction& instruction);
    StepId slot_as_condition(std::uint32_t at);
    StepId slot_with_literal(std::uint32_t at, int slot, BinaryOperator operation, const Value& literal);
    StepId relation(std::uint32_t at);
    StepId answered_by_text(std::uint32_t at, int slot);
    StepId by_row(std::uint32_t at);
    StepId constant(Truth truth);
    std::optional<StepId> numbers(std::uint32_t at);
    std::optional<StepId> arithmetic(const Instruction& instruction);
    StepId as_real(StepId number);

    const Instruction& instruction(std::uint32_t at) const { return code_.instructions[at]; }
    std::uint32_t operand(const Instruction& of, std::uint32_t number) const {
        return code_.operands[of.first + number];
    }
    const Column* column_of(int slot) const;
    bool is_defined(int slot) const { return plan_.defined.contains(static_cast<std::size_t>(slot)); }
    std::vector<int> slots_below(std::uint32_t at) const;
    StepId add(Step step);

    SelectionPlan& plan_;
    const Code& code_;
};

BinaryOperator turned_round(BinaryOperator operation);
bool is_arithmetic(BinaryOperator operation);
std::vector<IntegerRange> ranges_of(const std::vector<Truth>& by_code);
StepId add_step(SelectionPlan& plan, Step step);

}  // namespace

StepId add_condition(SelectionPlan& plan, const Code& code, std::uint32_t at) {
    return Planner(plan, code).condition(at);
}

StepId add_logical(SelectionPlan& plan, StepKind kind, std::vector<StepId> operands) {
    const bool decides = kind == StepKind::is_yes || kind == StepKind::is_not_no;
    const bool has_unknown = std::ranges::any_of(operands, [&](StepId id) { return plan.steps[id].may_be_unknown; });
    const bool joins = kind == StepKind::conjunction || kind == StepKind::disjunction;
    if (operands.size() == 1 && (joins || (decides && !has_unknown))) return operands.front();
    Step step;
    step.kind = kind;
    step.may_be_unknown = has_unknown && !decides;
    step.operands = std::move(operands);
    return add_step(plan, std::move(step));
}

namespace {

// A part that reads no slot has one answer; a part that reads one text has one for each text.
StepId Planner::condition(std::uint32_t at) {
    const auto slots = slots_below(at);
    if (slots.empty()) return constant(Evaluation(code_, {}).truth_of(at));
    if (slots.size() == 1 && !is_defined(slots[0])) {
        const Column* column = column_of(slots[0]);
        const bool has_texts = column != nullptr && column->is_coded() && column->kind() == Kind::string;
        if (has_texts && instruction(at).opcode != Opcode::slot_is_present) return answered_by_text(at, slots[0]);
    }
    return by_opcode(at);
}

StepId Planner::by_opcode(std::uint32_t at) {
    const Instruction& here = instruction(at);
    switch (here.opcode) {
        case Opcode::slot: return slot_as_condition(at);
        case Opcode::compare_slot:
            return slot_with_literal(at, here.index, here.operation, code_.constants[here.constant]);
        case Opcode::slot_is_present: {
            if (is_defined(here.index)) return constant(Truth::yes);
            const Column* column = column_of(here.index);
            if (column == nullptr) return constant(Truth::no);
            Step step;
            step.kind = StepKind::present;
            step.column = column;
            return add(std::move(step));
        }
        case Opcode::logical_not: return logical(StepKind::negation, here);
        case Opcode::logical_and: return logical(StepKind::conjunction, here);
        case Opcode::logical_or: return logical(StepKind::disjunction, here);
        case Opcode::conditional: return logical(StepKind::choice, here);
        case Opcode::binary: return relation(at);
        default: return by_row(at);
    }
}

StepId Planner::logical(StepKind kind, const Instruction& here) {
    std::vector<StepId> operands;
    for (std::uint32_t i = 0; i < here.count; ++i) operands.push_back(condition(operand(here, i)));
    return add_logical(plan_, kind, std::move(operands));
}

StepId Planner::slot_as_condition(std::uint32_t at) {
    const int slot = instruction(at).index;
    if (is_defined(slot)) return plan_.defined.at(static_cast<std::size_t>(slot));
    const Column* column = column_of(slot);
    if (column == nullptr) return constant(Truth::unknown);
    if (!column->is_coded()) return by_row(at);
    if (column->kind() != Kind::boolean) return constant(Truth::unknown);
    Step step;
    step.kind = StepKind::range;
    step.column = column;
    step.range = IntegerRange{1, 1};
    step.may_be_unknown = !column->is_whole();
    return add(std::move(step));
}

StepId Planner::slot_with_literal(std::uint32_t at, int slot, BinaryOperator operation, const Value& literal) {
    if (is_defined(slot)) return by_row(at);
    const Column* column = column_of(slot);
    if (column == nullptr) return constant(Truth::unknown);
    if (!column->is_coded() || column->kind() == Kind::string) return by_row(at);
    const auto range = codes_where(*column, operation, literal);
    if (!range) return by_row(at);
    Step step;
    step.kind = StepKind::range;
    step.column = column;
    step.range = *range;
    step.may_be_unknown = !column->is_whole();
    return add(std::move(step));
}

StepId Planner::relation(std::uint32_t at) {
    const Instruction& here = instruction(at);
    if (!is_comparison(here.operation)) return by_row(at);
    const Instruction& left = instruction(operand(here, 0));
    const Instruction& right = instruction(operand(here, 1));
    if (left.opcode == Opcode::slot && right.opcode == Opcode::constant) {
        return slot_with_literal(at, left.index, here.operation, code_.constants[right.constant]);
    }
    if (right.opcode == Opcode::slot && left.opcode == Opcode::constant) {
        return slot_with_literal(at, right.index, turned_round(here.operation), code_.constants[left.constant]);
    }
    auto first = numbers(operand(here, 0));
    auto second = first ? numbers(operand(here, 1)) : std::nullopt;
    if (!second) return by_row(at);
    if (plan_.steps[*first].is_real || plan_.steps[*second].is_real) {
        first = as_real(*first);
        second = as_real(*second);
    }
    Step step;
    step.kind = StepKind::comparison;
    step.operation = here.operation;
    step.is_real = plan_.steps[*first].is_real;
    step.may_be_unknown = plan_.steps[*first].may_be_unknown || plan_.steps[*second].may_be_unknown;
    step.operands = {*first, *second};
    return add(std::move(step));
}

StepId Planner::answered_by_text(std::uint32_t at, int slot) {
    Step step;
    step.kind = StepKind::texts;
    step.column = column_of(slot);
    std::vector<Value> row(static_cast<std::size_t>(slot) + 1);
    step.truth = Evaluation(code_, row).truth_of(at);
    for (std::size_t code = 0; code < step.column->texts(); ++code) {
        row.back() = step.column->decode(static_cast<std::int64_t>(code));
        step.by_code.push_back(Evaluation(code_, row).truth_of(at));
    }
    const bool has_unknown = std::ranges::find(step.by_code, Truth::unknown) != step.by_code.end();
    step.may_be_unknown = has_unknown || (step.truth == Truth::unknown && !step.column->is_whole());
    if (!has_unknown) step.yes_codes = ranges_of(step.by_code);
    return add(std::move(step));
}

StepId Planner::by_row(std::uint32_t at) {
    Step step;
    step.kind = StepKind::by_row;
    step.may_be_unknown = true;
    step.code = &code_;
    step.at = at;
    step.slots = slots_below(at);
    return add(std::move(step));
}

StepId Planner::constant(Truth truth) {
    Step step;
    step.truth = truth;
    step.may_be_unknown = truth == Truth::unknown;
    return add(std::move(step));
}

// Nothing where the part is not a number of one kind in every row that has a value.
std::optional<StepId> Planner::numbers(std::uint32_t at) {
    const Instruction& here = instruction(at);
    Step step;
    switch (here.opcode) {
        case Opcode::constant:
            step.kind = StepKind::constant_number;
            step.number = code_.constants[here.constant];
            if (step.number.kind() != Kind::integer && step.number.kind() != Kind::real) return std::nullopt;
            step.is_real = step.number.kind() == Kind::real;
            return add(std::move(step));
        case Opcode::slot: {
            const Column* column = is_defined(here.index) ? nullptr : column_of(here.index);
            if (column == nullptr || !column->is_coded()) return std::nullopt;
            if (column->kind() != Kind::integer && column->kind() != Kind::real) return std::nullopt;
            step.kind = StepKind::column_numbers;
            step.column = column;
            step.is_real = column->kind() == Kind::real;
            step.may_be_unknown = !column->is_whole();
            return add(std::move(step));
        }
        case Opcode::negate: {
            const auto inner = numbers(operand(here, 0));
            if (!inner) return std::nullopt;
            step.kind = StepKind::negated_number;
            step.is_real = plan_.steps[*inner].is_real;
            step.may_be_unknown = plan_.steps[*inner].may_be_unknown || !step.is_real;
            step.operands = {*inner};
            return add(std::move(step));
        }
        case Opcode::binary: return arithmetic(here);
        case Opcode::call: {
            if (here.function != expression::Function::to_double || here.count != 1) return std::nullopt;
            const auto inner = numbers(operand(here, 0));
            return inner ? std::optional(as_real(*inner)) : std::nullopt;
        }
        default: return std::nullopt;
    }
}

std::optional<StepId> Planner::arithmetic(const Instruction& here) {
    if (!is_arithmetic(here.operation)) return std::nullopt;
    const auto left = numbers(operand(here, 0));
    const auto right = left ? numbers(operand(here, 1)) : std::nullopt;
    if (!right || plan_.steps[*left].is_real != plan_.steps[*right].is_real) return std::nullopt;
    Step step;
    step.kind = StepKind::arithmetic;
    step.operation = here.operation;
    step.is_real = plan_.steps[*left].is_real;
    if (step.is_real && here.operation == BinaryOperator::remainder) return std::nullopt;
    step.may_be_unknown = !step.is_real || plan_.steps[*left].may_be_unknown || plan_.steps[*right].may_be_unknown;
    step.operands = {*left, *right};
    return add(std::move(step));
}

StepId Planner::as_real(StepId number) {
    if (plan_.steps[number].is_real) return number;
    Step step;
    step.kind = StepKind::to_real;
    step.is_real = true;
    step.may_be_unknown = plan_.steps[number].may_be_unknown;
    step.operands = {number};
    return add(std::move(step));
}

// A column in which nothing was ever set is as good as none.
const Column* Planner::column_of(int slot) const {
    const auto index = static_cast<std::size_t>(slot);
    const Column* column = index < plan_.table.slots.size() ? plan_.table.slots[index] : nullptr;
    const bool is_blank = column != nullptr && column->is_coded() && column->kind() == Kind::missing;
    return is_blank ? nullptr : column;
}

std::vector<int> Planner::slots_below(std::uint32_t at) const {
    std::set<int> slots;
    std::vector<std::uint32_t> open = {at};
    while (!open.empty()) {
        const Instruction& here = instruction(open.back());
        open.pop_back();
        if (expression::reads_slot(here)) slots.insert(here.index);
        for (std::uint32_t i = 0; i < here.count; ++i) open.push_back(operand(here, i));
    }
    return {slots.begin(), slots.end()};
}

StepId Planner::add(Step step) {
    return add_step(plan_, std::move(step));
}

template <typename Number>
void append_bytes(std::string& key, Number number) {
    key.append(reinterpret_cast<const char*>(&number), sizeof number);
}

// Equal texts for equal steps.
std::string key_of(const Step& step) {
    std::string key;
    append_bytes(key, step.kind);
    append_bytes(key, step.operation);
    append_bytes(key, step.truth);
    append_bytes(key, step.is_real);
    append_bytes(key, step.column);
    append_bytes(key, step.code);
    append_bytes(key, step.at);
    std::visit(
        [&](const auto& range) {
            append_bytes(key, range.low);
            append_bytes(key, range.high);
            append_bytes(key, range.is_negated);
        },
        step.range);
    append_bytes(key, step.number.kind());
    append_bytes(key, step.number.as_integer());
    append_bytes(key, step.operands.size());
    for (const StepId id : step.operands) append_bytes(key, id);
    for (const Truth truth : step.by_code) append_bytes(key, truth);
    return key;
}

StepId add_step(SelectionPlan& plan, Step step) {
    const auto [place, is_new] = plan.known.try_emplace(key_of(step), static_cast<StepId>(plan.steps.size()));
    if (is_new) plan.steps.push_back(std::move(step));
    return place->second;
}

BinaryOperator turned_round(BinaryOperator operation) {
    switch (operation) {
        case BinaryOperator::less: return BinaryOperator::greater;
        case BinaryOperator::greater: return BinaryOperator::less;
        case BinaryOperator::less_equal: return BinaryOperator::greater_equal;
        case BinaryOperator::greater_equal: return BinaryOperator::less_equal;
        default: return operation;
    }
}

bool is_arithmetic(BinaryOperator operation) {
    return operation == BinaryOperator::add || operation == BinaryOperator::subtract ||
           operation == BinaryOperator::multiply || operation == BinaryOperator::divide ||
           operation == BinaryOperator::remainder;
}

// The runs of codes that are yes; none where there are too many to be worth it.
std::vector<IntegerRange> ranges_of(const std::vector<Truth>& by_code) {
    std::vector<IntegerRange> ranges;
    for (std::size_t code = 0; code < by_code.size(); ++code) {
        if (by_code[code] != Truth::yes) continue;
        const auto here = static_cast<std::int64_t>(code);
        if (!ranges.empty() && ranges.back().high == here - 1) {
            ranges.back().high = here;
        } else {
            ranges.push_back({here, here});
        }
    }
    if (ranges.empty()) ranges.push_back({1, 0});
    if (ranges.size() > most_code_ranges) ranges.clear();
    return ranges;
}

}  // namespace

}  // namespace segmentd::rules
