#include "rules/expression/compiler.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "rules/expression/evaluation.hpp"
#include "rules/expression/functions_string.hpp"
#include "rules/expression/name_resolution.hpp"

namespace segmentd::rules::expression {
namespace {

using Compiled = tl::expected<std::uint32_t, Complaint>;

// Writes the instructions of a node after those of its children, so that the last instruction is
// the root. What was written since the beginning of a node can be taken back and replaced.
class Compiler {
  public:
    Compiler(const CheckedTree& checked, Code& code) : checked_(checked), code_(code) {}

    Compiled compile_node(NodeId id);

  private:
    // How long the arrays were before a node.
    struct Mark {
        std::size_t instructions;
        std::size_t operands;
        std::size_t constants;
    };

    Compiled compile_anything(NodeId id);
    Compiled compile_name(NodeId id);
    Compiled compile_operands(NodeId id);
    Compiled compile_pattern_match(NodeId id, Instruction instruction, const Mark& before);
    std::optional<Instruction> as_slot_comparison(const Instruction& binary) const;
    std::uint32_t folded(std::uint32_t at, const Mark& before);

    Mark mark() const { return {code_.instructions.size(), code_.operands.size(), code_.constants.size()}; }
    void take_back(const Mark& before);
    std::uint32_t emit(const Instruction& instruction);
    std::uint32_t emit_constant(Value value, Opcode opcode);
    std::uint32_t add_constant(Value value);
    const Instruction& operand(const Instruction& instruction, std::uint32_t number) const {
        return code_.instructions[code_.operands[instruction.first + number]];
    }
    std::string slot_name(NodeId id) const;

    const SyntaxNode& node(NodeId id) const { return checked_.tree.nodes[id]; }

    const CheckedTree& checked_;
    Code& code_;
};

Opcode opcode_of(SyntaxKind kind);
bool is_lazy(Function function);
BinaryOperator turned_round(BinaryOperator operation);
bool is_number(const Value& value);

}  // namespace

tl::expected<std::shared_ptr<const Code>, Complaint> compile_code(const CheckedTree& checked,
                                                                  const Declarations& declarations) {
    auto code = std::make_shared<Code>();
    code->time_zones = declarations.time_zones();
    code->local_count = checked.local_count;
    auto root = Compiler(checked, *code).compile_node(checked.tree.root);
    if (!root) return tl::unexpected(std::move(root).error());
    code->root = *root;
    code->jumps = JumpProgram::of(*code);
    return code;
}

namespace {

Compiled Compiler::compile_node(NodeId id) {
    const Compiled compiled = compile_anything(id);
    if (compiled) code_.origins[*compiled] = id;
    return compiled;
}

Compiled Compiler::compile_anything(NodeId id) {
    if (node(id).kind == SyntaxKind::literal) return emit_constant(node(id).literal, Opcode::constant);
    if (checked_.facts[id].use != Use::plain) return compile_name(id);
    return compile_operands(id);
}

Compiled Compiler::compile_name(NodeId id) {
    const NodeFacts& facts = checked_.facts[id];
    const bool is_presence = node(id).kind == SyntaxKind::presence;
    Instruction instruction;
    instruction.index = facts.index;
    switch (facts.use) {
        case Use::slot:
            code_.slot_names.insert_or_assign(facts.index, slot_name(id));
            instruction.opcode = is_presence ? Opcode::slot_is_present : Opcode::slot;
            if (node(id).kind == SyntaxKind::optional_index) instruction.opcode = Opcode::optional_slot;
            return emit(instruction);
        case Use::local: instruction.opcode = Opcode::local; return emit(instruction);
        case Use::type_name:
            if (!is_presence) return emit_constant(Value::type(facts.described), Opcode::constant);
            break;
        case Use::unknown_function: return emit_constant(Value::string(node(id).name), Opcode::unknown_function);
        default: break;
    }
    return emit_constant(Value::string(slot_name(id)), Opcode::unknown_name);
}

Compiled Compiler::compile_operands(NodeId id) {
    const Mark before = mark();
    std::vector<std::uint32_t> operands;
    for (const NodeId child : node(id).children) {
        const Compiled operand = compile_node(child);
        if (!operand) return operand;
        operands.push_back(*operand);
    }
    Instruction instruction;
    instruction.opcode = opcode_of(node(id).kind);
    if (instruction.opcode == Opcode::call && is_lazy(checked_.facts[id].function))
        instruction.opcode = Opcode::otherwise;
    instruction.operation = node(id).operation;
    instruction.function = checked_.facts[id].function;
    instruction.macro = node(id).macro;
    instruction.index = checked_.facts[id].index;
    instruction.first = static_cast<std::uint32_t>(code_.operands.size());
    instruction.count = static_cast<std::uint32_t>(operands.size());
    code_.operands.insert(code_.operands.end(), operands.begin(), operands.end());
    if (instruction.opcode == Opcode::field || instruction.opcode == Opcode::field_is_present) {
        instruction.constant = add_constant(Value::string(node(id).name));
    }
    if (instruction.opcode == Opcode::macro) instruction.constant = node(id).second_name.empty() ? 1 : 2;
    if (const auto comparison = as_slot_comparison(instruction)) {
        Instruction replacement = *comparison;
        const Value number = code_.constants[comparison->constant];
        take_back(before);
        replacement.constant = add_constant(number);
        return emit(replacement);
    }
    if (instruction.opcode == Opcode::call && instruction.function == Function::matches) {
        return compile_pattern_match(id, instruction, before);
    }
    return folded(emit(instruction), before);
}

Compiled Compiler::compile_pattern_match(NodeId id, Instruction instruction, const Mark& before) {
    const Instruction& pattern = operand(instruction, 1);
    const bool is_literal =
        pattern.opcode == Opcode::constant && code_.constants[pattern.constant].kind() == Kind::string;
    if (!is_literal) return emit(instruction);
    EvaluationError error;
    auto compiled = compile_pattern(code_.constants[pattern.constant].as_text(), error);
    if (!compiled) {
        if (checked_.strictness == Strictness::unchecked) return emit(instruction);
        return tl::unexpected(Complaint{.offset = node(node(id).children[1]).offset,
                                        .rule = rule_type,
                                        .message = std::move(error.message),
                                        .hint = "the syntax is that of RE2"});
    }
    instruction.opcode = Opcode::matches_pattern;
    instruction.index = static_cast<std::int32_t>(code_.patterns.size());
    instruction.count = 1;
    code_.patterns.push_back(std::move(compiled));
    return folded(emit(instruction), before);
}

std::optional<Instruction> Compiler::as_slot_comparison(const Instruction& binary) const {
    if (binary.opcode != Opcode::binary || !is_comparison(binary.operation)) return std::nullopt;
    const Instruction* slot = &operand(binary, 0);
    const Instruction* number = &operand(binary, 1);
    Instruction result;
    result.opcode = Opcode::compare_slot;
    result.operation = binary.operation;
    if (slot->opcode == Opcode::constant) {
        std::swap(slot, number);
        result.operation = turned_round(binary.operation);
    }
    if (slot->opcode != Opcode::slot || number->opcode != Opcode::constant) return std::nullopt;
    if (!is_number(code_.constants[number->constant])) return std::nullopt;
    result.index = slot->index;
    result.constant = number->constant;
    return result;
}

// An instruction over constants becomes the constant that it yields. One that ends in an error
// stays, since the error may be absorbed or never be reached.
std::uint32_t Compiler::folded(std::uint32_t at, const Mark& before) {
    const Instruction& instruction = code_.instructions[at];
    if (instruction.opcode == Opcode::macro || instruction.opcode == Opcode::optional_entry) return at;
    for (std::uint32_t i = 0; i < instruction.count; ++i) {
        if (operand(instruction, i).opcode != Opcode::constant) return at;
    }
    Value scratch;
    const Value* found = Evaluation(code_, {}).value_of(at, scratch);
    if (found == nullptr) return at;
    Value value = *found;
    take_back(before);
    return emit_constant(std::move(value), Opcode::constant);
}

void Compiler::take_back(const Mark& before) {
    code_.instructions.resize(before.instructions);
    code_.origins.resize(before.instructions);
    code_.operands.resize(before.operands);
    code_.constants.resize(before.constants);
}

std::uint32_t Compiler::emit(const Instruction& instruction) {
    code_.instructions.push_back(instruction);
    code_.origins.emplace_back();
    return static_cast<std::uint32_t>(code_.instructions.size() - 1);
}

std::uint32_t Compiler::emit_constant(Value value, Opcode opcode) {
    Instruction instruction;
    instruction.opcode = opcode;
    instruction.constant = add_constant(std::move(value));
    return emit(instruction);
}

std::uint32_t Compiler::add_constant(Value value) {
    code_.constants.push_back(std::move(value));
    return static_cast<std::uint32_t>(code_.constants.size() - 1);
}

// As people know it: feature.orders_90d, also where the text says feature["orders_90d"].
std::string Compiler::slot_name(NodeId id) const {
    const bool is_index = node(id).kind == SyntaxKind::index || node(id).kind == SyntaxKind::optional_index;
    const auto dotted = dotted_name(checked_.tree, is_index ? node(id).children[0] : id);
    std::string name = dotted ? dotted->text : node(id).name;
    if (is_index) name += "." + std::string(node(node(id).children[1]).literal.as_text());
    return name;
}

Opcode opcode_of(SyntaxKind kind) {
    switch (kind) {
        case SyntaxKind::select: return Opcode::field;
        case SyntaxKind::presence: return Opcode::field_is_present;
        case SyntaxKind::index: return Opcode::element;
        case SyntaxKind::call:
        case SyntaxKind::method: return Opcode::call;
        case SyntaxKind::negate: return Opcode::negate;
        case SyntaxKind::logical_not: return Opcode::logical_not;
        case SyntaxKind::binary: return Opcode::binary;
        case SyntaxKind::logical_and: return Opcode::logical_and;
        case SyntaxKind::logical_or: return Opcode::logical_or;
        case SyntaxKind::conditional: return Opcode::conditional;
        case SyntaxKind::list: return Opcode::list;
        case SyntaxKind::map: return Opcode::map;
        case SyntaxKind::macro: return Opcode::macro;
        case SyntaxKind::optional_index: return Opcode::optional_element;
        case SyntaxKind::optional_entry: return Opcode::optional_entry;
        case SyntaxKind::literal:
        case SyntaxKind::name: break;
    }
    return Opcode::constant;
}

// or() and orValue() need their argument only where there is no value.
bool is_lazy(Function function) {
    return function == Function::optional_or || function == Function::optional_or_value;
}

BinaryOperator turned_round(BinaryOperator operation) {
    switch (operation) {
        case BinaryOperator::less: return BinaryOperator::greater;
        case BinaryOperator::less_equal: return BinaryOperator::greater_equal;
        case BinaryOperator::greater: return BinaryOperator::less;
        case BinaryOperator::greater_equal: return BinaryOperator::less_equal;
        default: return operation;
    }
}

bool is_number(const Value& value) {
    return value.kind() == Kind::integer || value.kind() == Kind::unsigned_integer || value.kind() == Kind::real;
}

}  // namespace

}  // namespace segmentd::rules::expression
