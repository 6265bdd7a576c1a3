#include "rules/expression/trace.hpp"

#include <limits>

#include "rules/expression/code.hpp"
#include "rules/expression/evaluation.hpp"
#include "rules/expression/parser.hpp"

namespace segmentd::rules::expression {
namespace {

// The text was parsed before, under limits of its own.
constexpr Limits no_limits{.bytes = std::numeric_limits<std::size_t>::max(),
                           .depth = std::numeric_limits<std::uint32_t>::max(),
                           .nodes = std::numeric_limits<std::size_t>::max()};

// Where a part stands.
struct Position {
    std::size_t parent = 0;
    PartRole role = PartRole::condition;
    bool is_reached = true;
};

class Tracer {
  public:
    Tracer(const Program& program, std::span<const Value> row, SyntaxTree tree)
        : code_(program.code()), row_(row), tree_(std::move(tree)), spans_(spans_of(tree_, program.text())) {}

    // Adds an instruction and what stands below it, and gives its truth.
    Truth add(std::uint32_t at, Position position);

    std::vector<TracedPart> parts;

  private:
    void add_operands(const Instruction& instruction, const Position& inside);
    void add_chain(const Instruction& instruction, Position inside);
    void add_choice(const Instruction& instruction, Position inside);
    void add_input(std::uint32_t at, std::size_t parent);
    std::string input_of(const Instruction& instruction) const;
    std::uint32_t operand(const Instruction& instruction, std::uint32_t number) const {
        return code_.operands[instruction.first + number];
    }

    const Code& code_;
    std::span<const Value> row_;
    SyntaxTree tree_;
    std::vector<Span> spans_;
};

}  // namespace

std::vector<TracedPart> trace(const Program& program, std::span<const Value> row) {
    auto tree = parse(program.text(), no_limits);
    if (!tree) return {};
    Tracer tracer(program, row, *std::move(tree));
    tracer.add(program.code().root, {});
    return std::move(tracer.parts);
}

namespace {

Truth Tracer::add(std::uint32_t at, Position position) {
    const Instruction& instruction = code_.instructions[at];
    const std::size_t index = parts.size();
    const bool is_whole = parts.empty();
    if (instruction.opcode == Opcode::constant && position.role != PartRole::branch && !is_whole) {
        Evaluation evaluation(code_, row_);
        return evaluation.truth_of(at);
    }
    TracedPart& part = parts.emplace_back();
    part.role = position.role;
    part.span = spans_[code_.origins[at]];
    part.parent = position.parent;
    part.is_reached = position.is_reached;
    const bool is_input = instruction.opcode == Opcode::slot || instruction.opcode == Opcode::optional_slot;
    if (is_input) part.input = input_of(instruction);
    Evaluation evaluation(code_, row_);
    Value scratch;
    const Value* value = evaluation.value_of(at, scratch);
    if (value == nullptr) {
        part.error = evaluation.error().message;
    } else {
        part.value = *value;
        if (value->kind() == Kind::boolean) part.truth = value->as_boolean() ? Truth::yes : Truth::no;
    }
    const Truth truth = part.truth;
    const bool hides_input =
        instruction.opcode == Opcode::compare_slot || instruction.opcode == Opcode::slot_is_present;
    if (hides_input) add_input(at, index);
    add_operands(instruction, {index, PartRole::value, position.is_reached});
    return truth;
}

void Tracer::add_operands(const Instruction& instruction, const Position& inside) {
    switch (instruction.opcode) {
        case Opcode::logical_and:
        case Opcode::logical_or: add_chain(instruction, inside); return;
        case Opcode::conditional: add_choice(instruction, inside); return;
        case Opcode::logical_not:
            add(operand(instruction, 0), {inside.parent, PartRole::condition, inside.is_reached});
            return;
        case Opcode::macro: add(operand(instruction, 0), inside); return;
        default:
            for (std::uint32_t i = 0; i < instruction.count; ++i) add(operand(instruction, i), inside);
            return;
    }
}

void Tracer::add_chain(const Instruction& instruction, Position inside) {
    const Truth decisive = instruction.opcode == Opcode::logical_and ? Truth::no : Truth::yes;
    inside.role = PartRole::condition;
    for (std::uint32_t i = 0; i < instruction.count; ++i) {
        if (add(operand(instruction, i), inside) == decisive) inside.is_reached = false;
    }
}

void Tracer::add_choice(const Instruction& instruction, Position inside) {
    const bool is_reached = inside.is_reached;
    inside.role = PartRole::condition;
    const Truth chosen = add(operand(instruction, 0), inside);
    inside.role = PartRole::branch;
    inside.is_reached = is_reached && chosen == Truth::yes;
    add(operand(instruction, 1), inside);
    inside.is_reached = is_reached && chosen == Truth::no;
    add(operand(instruction, 2), inside);
}

// The value of the row that one instruction compares or looks for: its name is the operand that is no number.
void Tracer::add_input(std::uint32_t at, std::size_t parent) {
    const Instruction& instruction = code_.instructions[at];
    NodeId node = code_.origins[at];
    if (instruction.opcode == Opcode::compare_slot) {
        const auto& operands = tree_.nodes[node].children;
        const auto kind = tree_.nodes[operands[0]].kind;
        const bool stands_left = kind == SyntaxKind::name || kind == SyntaxKind::select || kind == SyntaxKind::index;
        node = operands[stands_left ? 0 : 1];
    }
    TracedPart part;
    part.span = spans_[node];
    part.parent = parent;
    part.is_reached = parts[parent].is_reached;
    part.input = input_of(instruction);
    const auto index = static_cast<std::size_t>(instruction.index);
    if (index < row_.size()) part.value = row_[index];
    if (part.value.is_missing()) part.error = part.input + " is missing";
    parts.push_back(std::move(part));
}

std::string Tracer::input_of(const Instruction& instruction) const {
    const auto name = code_.slot_names.find(instruction.index);
    return name == code_.slot_names.end() ? std::string() : name->second;
}

}  // namespace

}  // namespace segmentd::rules::expression
