#include "rules/expression/jump_program.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "rules/expression/code.hpp"
#include "rules/expression/program.hpp"

namespace segmentd::rules::expression {
namespace {

using Label = std::int32_t;
constexpr Label says_yes = -1;
constexpr Label says_no = -2;
constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

// Writes steps from the end of the condition to its beginning, so that where a test leads is known when it is written.
class JumpBuilder {
  public:
    explicit JumpBuilder(const Code& code) : code_(code) {}

    // Where the part begins whose outcomes lead to `yes` and `no`; nothing where it has no such form.
    std::optional<Label> write(std::uint32_t at, Label yes, Label no);

    JumpProgram program;

  private:
    std::optional<Label> chain(const Instruction& here, Label yes, Label no);
    std::optional<Label> choice(const Instruction& here, Label yes, Label no);
    std::optional<Label> comparison(const Instruction& here, Label yes, Label no);
    std::optional<Label> text_test(const Instruction& here, Label yes, Label no);
    Label test(Jump jump, Label yes, Label no);
    std::uint32_t operand(const Instruction& here, std::uint32_t number) const {
        return code_.operands[here.first + number];
    }
    const Value* constant(std::uint32_t at) const {
        const Instruction& here = code_.instructions[at];
        return here.opcode == Opcode::constant ? &code_.constants[here.constant] : nullptr;
    }

    const Code& code_;
};

namespace {

void set_range(Jump& jump, BinaryOperator operation, double literal);
void set_range(Jump& jump, BinaryOperator operation, std::int64_t literal);

}  // namespace

std::optional<JumpProgram> JumpProgram::of(const Code& code) {
    JumpBuilder builder(code);
    const auto start = builder.write(code.root, says_yes, says_no);
    if (!start) return std::nullopt;
    builder.program.start_ = *start;
    return std::move(builder.program);
}

Truth JumpProgram::decide(std::span<const Value> row) const {
    if (row.size() < slots_) return Truth::unknown;
    Label at = start_;
    while (at >= 0) {
        const Jump& jump = steps_[static_cast<std::size_t>(at)];
        const Value& value = row[static_cast<std::size_t>(jump.slot)];
        bool holds = false;
        switch (jump.test) {
            case Jump::Test::number: {
                if (value.kind() == Kind::integer && jump.is_whole) {
                    holds = value.as_integer() >= jump.low && value.as_integer() <= jump.high;
                    break;
                }
                const bool is_whole = value.kind() == Kind::integer;
                if (!is_whole && value.kind() != Kind::real) return Truth::unknown;
                const double real = is_whole ? static_cast<double>(value.as_integer()) : value.as_real();
                holds = real >= jump.real_low && real <= jump.real_high;
                break;
            }
            case Jump::Test::text:
                if (value.kind() != Kind::string) return Truth::unknown;
                holds = value.as_text() == jump.text;
                break;
            case Jump::Test::boolean:
                if (value.kind() != Kind::boolean) return Truth::unknown;
                holds = value.as_boolean();
                break;
            case Jump::Test::present: holds = !value.is_missing(); break;
        }
        at = holds ? jump.yes : jump.no;
    }
    return at == says_yes ? Truth::yes : Truth::no;
}

std::optional<Label> JumpBuilder::write(std::uint32_t at, Label yes, Label no) {
    const Instruction& here = code_.instructions[at];
    Jump jump;
    jump.slot = here.index;
    switch (here.opcode) {
        case Opcode::constant:
            if (constant(at)->kind() != Kind::boolean) return std::nullopt;
            return constant(at)->as_boolean() ? yes : no;
        case Opcode::slot: jump.test = Jump::Test::boolean; return test(std::move(jump), yes, no);
        case Opcode::slot_is_present: jump.test = Jump::Test::present; return test(std::move(jump), yes, no);
        case Opcode::logical_not: return write(operand(here, 0), no, yes);
        case Opcode::logical_and:
        case Opcode::logical_or: return chain(here, yes, no);
        case Opcode::conditional: return choice(here, yes, no);
        case Opcode::compare_slot: return comparison(here, yes, no);
        case Opcode::binary: return text_test(here, yes, no);
        default: return std::nullopt;
    }
}

std::optional<Label> JumpBuilder::chain(const Instruction& here, Label yes, Label no) {
    const bool all = here.opcode == Opcode::logical_and;
    Label next = all ? yes : no;
    for (std::uint32_t i = here.count; i-- > 0;) {
        const auto start = all ? write(operand(here, i), next, no) : write(operand(here, i), yes, next);
        if (!start) return std::nullopt;
        next = *start;
    }
    return next;
}

std::optional<Label> JumpBuilder::choice(const Instruction& here, Label yes, Label no) {
    const auto first = write(operand(here, 1), yes, no);
    const auto second = first ? write(operand(here, 2), yes, no) : std::nullopt;
    return second ? write(operand(here, 0), *first, *second) : std::nullopt;
}

// != is == with its outcomes exchanged, which is right for NaN too.
std::optional<Label> JumpBuilder::comparison(const Instruction& here, Label yes, Label no) {
    const Value& literal = code_.constants[here.constant];
    Jump jump;
    jump.slot = here.index;
    if (literal.kind() == Kind::integer) {
        jump.is_whole = true;
        set_range(jump, here.operation, literal.as_integer());
        set_range(jump, here.operation, static_cast<double>(literal.as_integer()));
    } else if (literal.kind() == Kind::real) {
        set_range(jump, here.operation, literal.as_real());
    } else {
        return std::nullopt;
    }
    if (here.operation == BinaryOperator::not_equal) std::swap(yes, no);
    return test(std::move(jump), yes, no);
}

std::optional<Label> JumpBuilder::text_test(const Instruction& here, Label yes, Label no) {
    const std::uint32_t left = operand(here, 0);
    const Value* right = constant(operand(here, 1));
    if (code_.instructions[left].opcode != Opcode::slot || right == nullptr) return std::nullopt;
    if (here.operation == BinaryOperator::not_equal) std::swap(yes, no);
    std::vector<Value> texts = {*right};
    if (here.operation == BinaryOperator::in) {
        if (right->kind() != Kind::list) return std::nullopt;
        texts = right->as_list();
    } else if (here.operation != BinaryOperator::equal && here.operation != BinaryOperator::not_equal) {
        return std::nullopt;
    }
    const bool are_texts = std::ranges::all_of(texts, [](const Value& one) { return one.kind() == Kind::string; });
    if (!are_texts || texts.empty()) return std::nullopt;
    Label next = no;
    for (std::size_t i = texts.size(); i-- > 0;) {
        Jump jump;
        jump.test = Jump::Test::text;
        jump.slot = code_.instructions[left].index;
        jump.text = texts[i].as_text();
        next = test(std::move(jump), yes, next);
    }
    return next;
}

Label JumpBuilder::test(Jump jump, Label yes, Label no) {
    jump.yes = yes;
    jump.no = no;
    program.slots_ = std::max(program.slots_, static_cast<std::size_t>(jump.slot) + 1);
    program.steps_.push_back(std::move(jump));
    return static_cast<Label>(program.steps_.size() - 1);
}

namespace {

void set_range(Jump& jump, BinaryOperator operation, double literal) {
    const bool is_less = operation == BinaryOperator::less || operation == BinaryOperator::less_equal;
    const bool is_greater = operation == BinaryOperator::greater || operation == BinaryOperator::greater_equal;
    jump.real_low = is_less ? -infinity : literal;
    jump.real_high = is_greater ? infinity : literal;
    if (operation == BinaryOperator::less) jump.real_high = std::nextafter(literal, -infinity);
    if (operation == BinaryOperator::greater) jump.real_low = std::nextafter(literal, infinity);
    const bool is_beyond = (operation == BinaryOperator::less && literal == -infinity) ||
                           (operation == BinaryOperator::greater && literal == infinity) || std::isnan(literal);
    if (!is_beyond) return;
    jump.real_low = infinity;
    jump.real_high = -infinity;
}

void set_range(Jump& jump, BinaryOperator operation, std::int64_t literal) {
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    const bool is_less = operation == BinaryOperator::less || operation == BinaryOperator::less_equal;
    const bool is_greater = operation == BinaryOperator::greater || operation == BinaryOperator::greater_equal;
    jump.low = is_less ? least : literal;
    jump.high = is_greater ? most : literal;
    const bool is_beyond = (operation == BinaryOperator::less && literal == least) ||
                           (operation == BinaryOperator::greater && literal == most);
    if (is_beyond) {
        jump.low = most;
        jump.high = least;
    } else {
        jump.high -= operation == BinaryOperator::less ? 1 : 0;
        jump.low += operation == BinaryOperator::greater ? 1 : 0;
    }
}

}  // namespace

}  // namespace segmentd::rules::expression
