#include <utility>

#include "rules/expression/evaluation.hpp"

namespace segmentd::rules::expression {
namespace {

std::size_t size_of_range(const Value& range) {
    return range.kind() == Kind::map ? range.as_map().entries().size() : range.as_list().size();
}

Truth truth(bool claim) {
    return claim ? Truth::yes : Truth::no;
}

}  // namespace

const Value* Evaluation::macro(const Instruction& instruction, Value& scratch) {
    if (instruction.macro == Macro::bind) return bind(instruction, scratch);
    if (instruction.macro == Macro::optional_map || instruction.macro == Macro::optional_flat_map) {
        return optional_macro(instruction, scratch);
    }
    Value range_scratch;
    const Value* range = value_of(operand(instruction, 0), range_scratch);
    if (range == nullptr || !can_be_walked(*range)) return nullptr;
    return makes_map(instruction.macro) ? collect_entries(instruction, *range, scratch)
                                        : collect(instruction, *range, scratch);
}

const Value* Evaluation::bind(const Instruction& instruction, Value& scratch) {
    Value value_scratch;
    const Value* value = value_of(operand(instruction, 0), value_scratch);
    if (value == nullptr || !charge(0)) return nullptr;
    locals_[static_cast<std::size_t>(instruction.index)] = value;
    Value body_scratch;
    const Value* body = value_of(operand(instruction, 1), body_scratch);
    return body == nullptr ? nullptr : keep(*body, scratch);  // it may stand in value_scratch
}

const Value* Evaluation::optional_macro(const Instruction& instruction, Value& scratch) {
    Value target_scratch;
    const Value* target = value_of(operand(instruction, 0), target_scratch);
    if (target == nullptr || !charge(0)) return nullptr;
    if (target->kind() != Kind::optional) return no_overload("optMap and optFlatMap ask an optional");
    const Value* held = target->as_optional();
    if (held == nullptr) return keep(*target, scratch);
    locals_[static_cast<std::size_t>(instruction.index)] = held;
    Value body_scratch;
    const Value* body = value_of(operand(instruction, 1), body_scratch);
    if (body == nullptr) return nullptr;
    if (instruction.macro == Macro::optional_map) return keep(Value::optional(*body), scratch);
    return body->kind() == Kind::optional ? keep(*body, scratch) : no_overload("the body of optFlatMap is an optional");
}

// The macros map, filter and transformList, which make a list.
const Value* Evaluation::collect(const Instruction& instruction, const Value& range, Value& scratch) {
    std::vector<Value> elements;
    Value position;
    for (std::size_t i = 0; i < size_of_range(range); ++i) {
        if (!charge(0)) return nullptr;
        set_variables(instruction, range, i, position);
        const Truth taken = is_taken(instruction);
        if (taken == Truth::unknown) return nullptr;
        if (taken == Truth::no) continue;
        Value body_scratch;
        const Value* body = instruction.macro == Macro::filter
                                ? locals_[static_cast<std::size_t>(instruction.index)]
                                : value_of(operand(instruction, instruction.count - 1), body_scratch);
        if (body == nullptr) return nullptr;
        elements.push_back(*body);
    }
    return keep(Value::list(std::move(elements)), scratch);
}

// The macros transformMap, which keeps the keys, and transformMapEntry.
const Value* Evaluation::collect_entries(const Instruction& instruction, const Value& range, Value& scratch) {
    std::vector<MapEntry> entries;
    Value position;
    for (std::size_t i = 0; i < size_of_range(range); ++i) {
        if (!charge(0)) return nullptr;
        set_variables(instruction, range, i, position);
        const Truth taken = is_taken(instruction);
        if (taken == Truth::unknown) return nullptr;
        if (taken == Truth::no) continue;
        Value body_scratch;
        const Value* body = value_of(operand(instruction, instruction.count - 1), body_scratch);
        if (body == nullptr) return nullptr;
        if (instruction.macro == Macro::transform_map) {
            entries.push_back({*locals_[static_cast<std::size_t>(instruction.index)], *body});
        } else if (!add_entries(*body, entries)) {
            return nullptr;
        }
    }
    return keep_map(std::move(entries), scratch);
}

bool Evaluation::add_entries(const Value& map, std::vector<MapEntry>& entries) {
    if (map.kind() != Kind::map) {
        no_overload("the body of transformMapEntry is a map");
        return false;
    }
    entries.insert(entries.end(), map.as_map().entries().begin(), map.as_map().entries().end());
    return charge(map.weight());
}

// The macros all, exists and exists_one, which make a claim.
Truth Evaluation::quantifier(const Instruction& instruction) {
    Value scratch;
    const Value* range = value_of(operand(instruction, 0), scratch);
    if (range == nullptr || !can_be_walked(*range)) return Truth::unknown;
    bool has_error = false;
    std::size_t count = 0;
    Value position;
    for (std::size_t i = 0; i < size_of_range(*range); ++i) {
        if (!charge(0)) return Truth::unknown;
        set_variables(instruction, *range, i, position);
        const Truth next = truth_of(operand(instruction, 1));
        if (next == Truth::no && instruction.macro == Macro::all) return Truth::no;
        if (next == Truth::yes && instruction.macro == Macro::exists) return Truth::yes;
        if (next == Truth::unknown && instruction.macro == Macro::exists_one) return Truth::unknown;
        has_error = has_error || next == Truth::unknown;
        count += next == Truth::yes ? 1 : 0;
    }
    if (instruction.macro == Macro::exists_one) return truth(count == 1);
    return has_error ? Truth::unknown : truth(instruction.macro == Macro::all);
}

bool Evaluation::can_be_walked(const Value& range) {
    if (range.kind() == Kind::list || range.kind() == Kind::map) return true;
    no_overload("macros walk over lists and maps");
    return false;
}

// One variable is the element of a list or the key of a map; two are position and element, or key and value.
void Evaluation::set_variables(const Instruction& instruction, const Value& range, std::size_t at, Value& position) {
    const bool is_map = range.kind() == Kind::map;
    const Value* first = is_map ? &range.as_map().entries()[at].key : &range.as_list()[at];
    const auto index = static_cast<std::size_t>(instruction.index);
    if (instruction.constant == 2) {
        locals_[index + 1] = is_map ? &range.as_map().entries()[at].value : first;
        position = Value::integer(static_cast<std::int64_t>(at));
        if (!is_map) first = &position;
    }
    locals_[index] = first;
}

// The condition before the body, where there is one.
Truth Evaluation::is_taken(const Instruction& instruction) {
    const bool has_condition = instruction.macro == Macro::filter || instruction.count == 3;
    return has_condition ? truth_of(operand(instruction, 1)) : Truth::yes;
}

}  // namespace segmentd::rules::expression
