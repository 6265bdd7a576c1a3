#include "rules/expression/evaluation.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "rules/expression/compare.hpp"
#include "rules/expression/functions_string.hpp"
#include "rules/expression/limits.hpp"
#include "rules/expression/operators.hpp"
#include "rules/expression/optionals_extension.hpp"

namespace segmentd::rules::expression {
namespace {

constexpr std::size_t most_weight = longest_list;
constexpr std::size_t most_height = 500;

template <typename Number>
bool holds(BinaryOperator operation, Number left, Number right) {
    switch (operation) {
        case BinaryOperator::equal: return left == right;
        case BinaryOperator::not_equal: return left != right;
        case BinaryOperator::less: return left < right;
        case BinaryOperator::less_equal: return left <= right;
        case BinaryOperator::greater: return left > right;
        default: return left >= right;
    }
}

Truth truth(bool claim) {
    return claim ? Truth::yes : Truth::no;
}

}  // namespace

Evaluation::Evaluation(const Code& code, std::span<const Value> row)
    : code_(code),
      row_(row),
      locals_(static_cast<std::size_t>(code.local_count)),
      work_left_(static_cast<std::int64_t>(most_steps)) {}

const Value* Evaluation::value_of(std::uint32_t at, Value& scratch) {
    const Instruction& instruction = code_.instructions[at];
    switch (instruction.opcode) {
        case Opcode::constant: return &code_.constants[instruction.constant];
        case Opcode::slot: return slot(instruction);
        case Opcode::local: return locals_[static_cast<std::size_t>(instruction.index)];
        case Opcode::unknown_name:
            fail_with(EvaluationErrorKind::unknown_name, fmt::format("{} is not declared", text_of(instruction)));
            return nullptr;
        case Opcode::unknown_function:
            fail_with(EvaluationErrorKind::unknown_function,
                      fmt::format("there is no function {} for this call", text_of(instruction)));
            return nullptr;
        case Opcode::field: return field(instruction, scratch);
        case Opcode::element: return element(instruction, scratch);
        case Opcode::negate: return negation(instruction, scratch);
        case Opcode::conditional: {
            const Truth chosen = truth_of(operand(instruction, 0));
            if (chosen == Truth::unknown) return nullptr;
            return value_of(operand(instruction, chosen == Truth::yes ? 1 : 2), scratch);
        }
        case Opcode::binary: return binary(instruction, scratch);
        case Opcode::call: return call(instruction, scratch);
        case Opcode::matches_pattern: return pattern_match(instruction, scratch);
        case Opcode::list: return list(instruction, scratch);
        case Opcode::map: return map(instruction, scratch);
        case Opcode::macro:
            return makes_claim(instruction.macro) ? condition(at, scratch) : macro(instruction, scratch);
        case Opcode::optional_slot: return optional_slot(instruction, scratch);
        case Opcode::optional_element: return optional_element(instruction, scratch);
        case Opcode::optional_entry: return value_of(operand(instruction, 0), scratch);
        case Opcode::otherwise: return otherwise(instruction, scratch);
        case Opcode::slot_is_present:
        case Opcode::field_is_present:
        case Opcode::logical_not:
        case Opcode::logical_and:
        case Opcode::logical_or:
        case Opcode::compare_slot: return condition(at, scratch);
    }
    return nullptr;
}

Truth Evaluation::truth_of(std::uint32_t at) {
    const Instruction& instruction = code_.instructions[at];
    switch (instruction.opcode) {
        case Opcode::compare_slot: return compare_slot(instruction);
        case Opcode::logical_and: return logical(instruction, Truth::no);
        case Opcode::logical_or: return logical(instruction, Truth::yes);
        case Opcode::logical_not: {
            const Truth inner = truth_of(operand(instruction, 0));
            return inner == Truth::unknown ? inner : truth(inner == Truth::no);
        }
        case Opcode::slot_is_present: {
            const auto index = static_cast<std::size_t>(instruction.index);
            return truth(index < row_.size() && !row_[index].is_missing());
        }
        case Opcode::field_is_present: return field_is_present(instruction);
        case Opcode::macro: return makes_claim(instruction.macro) ? quantifier(instruction) : plain_truth(at);
        case Opcode::binary: return relation(instruction);
        default: return plain_truth(at);
    }
}

EvaluationError Evaluation::error() const {
    if (error_.kind != EvaluationErrorKind::missing_attribute) return error_;
    const auto name = code_.slot_names.find(missing_slot_);
    return {error_.kind, fmt::format("{} is missing", name == code_.slot_names.end() ? "a value" : name->second)};
}

const Value* Evaluation::slot(const Instruction& instruction) {
    const auto index = static_cast<std::size_t>(instruction.index);
    if (index < row_.size() && !row_[index].is_missing()) return &row_[index];
    fail_with(EvaluationErrorKind::missing_attribute, "");
    missing_slot_ = instruction.index;
    return nullptr;
}

const Value* Evaluation::field(const Instruction& instruction, Value& scratch) {
    Value target_scratch;
    const Value* target = value_of(operand(instruction, 0), target_scratch);
    if (target == nullptr) return nullptr;
    if (target->kind() == Kind::optional) {
        return keep(expression::optional_element(*target, code_.constants[instruction.constant]), scratch);
    }
    if (target->kind() != Kind::map) return no_overload("only maps have fields");
    const Value* found = target->as_map().find(code_.constants[instruction.constant]);
    if (found != nullptr) return keep(*found, scratch);
    fail_with(EvaluationErrorKind::no_such_key, fmt::format("the map has no key {}", text_of(instruction)));
    return nullptr;
}

const Value* Evaluation::element(const Instruction& instruction, Value& scratch) {
    Value target_scratch;
    const Value* target = value_of(operand(instruction, 0), target_scratch);
    if (target == nullptr) return nullptr;
    Value key_scratch;
    const Value* key = value_of(operand(instruction, 1), key_scratch);
    if (key == nullptr) return nullptr;
    if (target->kind() == Kind::optional) return keep(expression::optional_element(*target, *key), scratch);
    const Value* found = element_at(*target, *key, error_);
    return found == nullptr ? nullptr : keep(*found, scratch);
}

const Value* Evaluation::optional_slot(const Instruction& instruction, Value& scratch) {
    const auto index = static_cast<std::size_t>(instruction.index);
    const bool is_present = index < row_.size() && !row_[index].is_missing();
    return keep(is_present ? Value::optional(row_[index]) : Value::no_optional(), scratch);
}

const Value* Evaluation::optional_element(const Instruction& instruction, Value& scratch) {
    Value target_scratch;
    const Value* target = value_of(operand(instruction, 0), target_scratch);
    if (target == nullptr) return nullptr;
    Value key_scratch;
    const Value* key = value_of(operand(instruction, 1), key_scratch);
    return key == nullptr ? nullptr : keep(expression::optional_element(*target, *key), scratch);
}

const Value* Evaluation::otherwise(const Instruction& instruction, Value& scratch) {
    Value target_scratch;
    const Value* target = value_of(operand(instruction, 0), target_scratch);
    if (target == nullptr) return nullptr;
    if (target->kind() != Kind::optional) return no_overload("or() and orValue() ask an optional");
    const bool gives_optional = instruction.function == Function::optional_or;
    if (const Value* held = target->as_optional()) return keep(gives_optional ? *target : *held, scratch);
    const Value* other = value_of(operand(instruction, 1), scratch);
    if (other == nullptr || !gives_optional || other->kind() == Kind::optional) return other;
    return no_overload("or() gives an optional");
}

const Value* Evaluation::negation(const Instruction& instruction, Value& scratch) {
    const Value* inner = value_of(operand(instruction, 0), scratch);
    return inner == nullptr ? nullptr : keep(negated(*inner), scratch);
}

const Value* Evaluation::binary(const Instruction& instruction, Value& scratch) {
    Value left_scratch;
    const Value* left = value_of(operand(instruction, 0), left_scratch);
    if (left == nullptr) return nullptr;
    Value right_scratch;
    const Value* right = value_of(operand(instruction, 1), right_scratch);
    if (right == nullptr || !charge(work_of(instruction.operation, left->weight(), right->weight()))) return nullptr;
    return keep(apply(instruction.operation, *left, *right), scratch);
}

const Value* Evaluation::call(const Instruction& instruction, Value& scratch) {
    return instruction.count == 1 ? call_with<1>(instruction, scratch)
                                  : call_with<most_arguments>(instruction, scratch);
}

template <std::size_t most>
const Value* Evaluation::call_with(const Instruction& instruction, Value& scratch) {
    std::array<Value, most> scratches;
    std::array<const Value*, most> arguments = {};
    std::array<std::uint64_t, most> weights = {};
    for (std::uint32_t i = 0; i < instruction.count; ++i) {
        arguments[i] = value_of(operand(instruction, i), scratches[i]);
        if (arguments[i] == nullptr) return nullptr;
        weights[i] = arguments[i]->weight();
    }
    if (!charge(work_of(instruction.function, std::span(weights).first(instruction.count)))) return nullptr;
    return keep(apply(instruction.function, std::span(arguments).first(instruction.count), code_.time_zones), scratch);
}

const Value* Evaluation::pattern_match(const Instruction& instruction, Value& scratch) {
    const Value* text = value_of(operand(instruction, 0), scratch);
    if (text == nullptr) return nullptr;
    const re2::RE2& pattern = *code_.patterns[static_cast<std::size_t>(instruction.index)];
    if (!charge(text->weight() * weight_of(pattern))) return nullptr;
    return keep(matches(*text, pattern), scratch);
}

const Value* Evaluation::list(const Instruction& instruction, Value& scratch) {
    std::vector<Value> elements;
    elements.reserve(instruction.count);
    for (std::uint32_t i = 0; i < instruction.count; ++i) {
        Value element_scratch;
        bool is_there = true;
        const Value* next = entry(operand(instruction, i), element_scratch, is_there);
        if (next == nullptr) return nullptr;
        if (is_there) elements.push_back(*next);
    }
    if (!charge(elements.size())) return nullptr;
    return keep(Value::list(std::move(elements)), scratch);
}

const Value* Evaluation::map(const Instruction& instruction, Value& scratch) {
    std::vector<MapEntry> entries;
    entries.reserve(instruction.count / 2);
    for (std::uint32_t i = 0; i < instruction.count; i += 2) {
        Value key_scratch;
        const Value* key = value_of(operand(instruction, i), key_scratch);
        if (key == nullptr) return nullptr;
        Value value_scratch;
        bool is_there = true;
        const Value* value = entry(operand(instruction, i + 1), value_scratch, is_there);
        if (value == nullptr) return nullptr;
        if (is_there) entries.push_back({*key, *value});
    }
    return keep_map(std::move(entries), scratch);
}

// An element of a list or a value of a map. One after '?' may not be there.
const Value* Evaluation::entry(std::uint32_t at, Value& scratch, bool& is_there) {
    const Value* value = value_of(at, scratch);
    if (value == nullptr || code_.instructions[at].opcode != Opcode::optional_entry) return value;
    if (value->kind() != Kind::optional) return no_overload("the entry after '?' is an optional");
    const Value* held = value->as_optional();
    is_there = held != nullptr;
    return is_there ? held : value;
}

const Value* Evaluation::keep_map(std::vector<MapEntry> entries, Value& scratch) {
    if (!charge(entries.size())) return nullptr;
    auto built = Value::map(std::move(entries));
    if (built) return keep(*std::move(built), scratch);
    if (built.error() == MapFault::repeated_key) {
        fail_with(EvaluationErrorKind::repeated_key, "the map names a key twice");
        return nullptr;
    }
    return no_overload("keys are bool, int, uint or string");
}

const Value* Evaluation::condition(std::uint32_t at, Value& scratch) {
    const Truth result = truth_of(at);
    return result == Truth::unknown ? nullptr : keep(Value::boolean(result == Truth::yes), scratch);
}

// && is decided by the first no, || by the first yes; an error stays only where nothing decides.
Truth Evaluation::logical(const Instruction& instruction, Truth decisive) {
    Truth result = decisive == Truth::no ? Truth::yes : Truth::no;
    EvaluationError first_error;
    int first_missing = -1;
    for (std::uint32_t i = 0; i < instruction.count; ++i) {
        const Truth next = truth_of(operand(instruction, i));
        if (next == decisive) return decisive;
        if (next != Truth::unknown || result == Truth::unknown) continue;
        result = Truth::unknown;
        first_error = std::move(error_);
        first_missing = missing_slot_;
    }
    if (result == Truth::unknown) {
        error_ = std::move(first_error);
        missing_slot_ = first_missing;
    }
    return result;
}

Truth Evaluation::compare_slot(const Instruction& instruction) {
    const Value* value = slot(instruction);
    if (value == nullptr) return Truth::unknown;
    const Value& literal = code_.constants[instruction.constant];
    if (value->kind() == literal.kind()) {
        switch (literal.kind()) {
            case Kind::integer: return truth(holds(instruction.operation, value->as_integer(), literal.as_integer()));
            case Kind::unsigned_integer:
                return truth(holds(instruction.operation, value->as_unsigned(), literal.as_unsigned()));
            default: return truth(holds(instruction.operation, value->as_real(), literal.as_real()));
        }
    }
    const Outcome outcome = apply(instruction.operation, *value, literal);
    if (outcome) return truth(outcome->as_boolean());
    error_ = outcome.error();
    return Truth::unknown;
}

// A binary operator as a condition. Equality, which every value has, takes the short way.
Truth Evaluation::relation(const Instruction& instruction) {
    Value left_scratch;
    const Value* left = value_of(operand(instruction, 0), left_scratch);
    if (left == nullptr) return Truth::unknown;
    Value right_scratch;
    const Value* right = value_of(operand(instruction, 1), right_scratch);
    if (right == nullptr || !charge(work_of(instruction.operation, left->weight(), right->weight())))
        return Truth::unknown;
    if (instruction.operation == BinaryOperator::equal) return truth(equal(*left, *right));
    if (instruction.operation == BinaryOperator::not_equal) return truth(!equal(*left, *right));
    Outcome outcome = apply(instruction.operation, *left, *right);
    if (outcome && outcome->kind() == Kind::boolean) return truth(outcome->as_boolean());
    error_ = outcome ? EvaluationError{EvaluationErrorKind::no_such_overload, "a condition is bool"}
                     : std::move(outcome).error();
    return Truth::unknown;
}

Truth Evaluation::field_is_present(const Instruction& instruction) {
    Value scratch;
    const Value* target = value_of(operand(instruction, 0), scratch);
    if (target == nullptr) return Truth::unknown;
    if (target->kind() == Kind::optional && target->as_optional() == nullptr) return Truth::no;
    if (target->kind() == Kind::optional) target = target->as_optional();
    if (target->kind() != Kind::map) {
        no_overload("only maps have fields");
        return Truth::unknown;
    }
    return truth(target->as_map().find(code_.constants[instruction.constant]) != nullptr);
}

Truth Evaluation::plain_truth(std::uint32_t at) {
    Value scratch;
    const Value* value = value_of(at, scratch);
    if (value == nullptr) return Truth::unknown;
    if (value->kind() == Kind::boolean) return truth(value->as_boolean());
    no_overload("a condition is bool");
    return Truth::unknown;
}

bool Evaluation::charge(std::uint64_t work) {
    work_left_ -= 1 + static_cast<std::int64_t>(work / weight_a_step);
    if (work_left_ > 0) return true;
    fail_with(EvaluationErrorKind::work_limit, "the expression takes too many steps");
    return false;
}

const Value* Evaluation::keep(Value value, Value& scratch) {
    if (value.weight() > most_weight || value.height() > most_height) {
        fail_with(EvaluationErrorKind::work_limit, "a value of the expression grows too large");
        return nullptr;
    }
    scratch = std::move(value);
    return &scratch;
}

const Value* Evaluation::keep(Outcome outcome, Value& scratch) {
    if (outcome) return keep(*std::move(outcome), scratch);
    error_ = std::move(outcome).error();
    return nullptr;
}

void Evaluation::fail_with(EvaluationErrorKind kind, std::string message) {
    error_.kind = kind;
    error_.message = std::move(message);
}

const Value* Evaluation::no_overload(const char* message) {
    fail_with(EvaluationErrorKind::no_such_overload, message);
    return nullptr;
}

}  // namespace segmentd::rules::expression
