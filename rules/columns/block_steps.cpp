#include "rules/columns/block_steps.hpp"

#include <algorithm>
#include <limits>
#include <span>

#include "rules/columns/range_test.hpp"
#include "rules/expression/evaluation.hpp"

namespace segmentd::rules {

using expression::BinaryOperator;
using expression::Truth;
using expression::Value;

namespace {

constexpr std::size_t bits_a_word = 64;

// One block of one selection.
class Block {
  public:
    Block(const SelectionPlan& plan, std::size_t number, BlockMemory& memory);

    void make(StepId id);

  private:
    void constant(const Step& step, Answers& out) const;
    void range(const Step& step, Answers& out) const;
    void texts(const Step& step, Answers& out) const;
    void by_table(const Step& step, Answers& out) const;
    void logical(const Step& step, Answers& out) const;
    void join(const Step& step, Answers& out) const;
    void choice(const Step& step, Answers& out) const;
    void comparison(const Step& step, Answers& out) const;
    void by_row(const Step& step, Answers& out);
    void column_numbers(const Step& step, Numbers& out) const;
    void constant_number(const Step& step, Numbers& out) const;
    void arithmetic(const Step& step, Numbers& out) const;
    void negated_number(const Step& step, Numbers& out) const;
    void to_real(const Step& step, Numbers& out) const;

    void test(const Column& column, const AnyRange& range, Mask& bits) const;
    std::uint64_t present(const Column& column, std::size_t word) const { return column.present()[first_ / 64 + word]; }
    const Answers& answers(const Step& step, std::size_t operand) const {
        return memory_.answers[step.operands[operand]];
    }
    const Numbers& numbers(const Step& step, std::size_t operand) const {
        return memory_.numbers[step.operands[operand]];
    }

    const SelectionPlan& plan_;
    BlockMemory& memory_;
    std::size_t first_;  // row
    std::size_t rows_;
    std::size_t words_;
};

bool makes_numbers(StepKind kind) {
    return kind >= StepKind::column_numbers;
}

}  // namespace

BlockMemory::BlockMemory(const SelectionPlan& plan) : answers(plan.steps.size()), numbers(plan.steps.size()) {
    for (std::size_t id = 0; id < plan.steps.size(); ++id) {
        const Step& step = plan.steps[id];
        if (!makes_numbers(step.kind)) continue;
        if (step.is_real) {
            numbers[id].reals.resize(rows_a_block);
        } else {
            numbers[id].integers.resize(rows_a_block);
        }
    }
    for (const auto& step : plan.steps) {
        if (!step.slots.empty()) row.resize(std::max(row.size(), static_cast<std::size_t>(step.slots.back()) + 1));
    }
}

void make_steps(const SelectionPlan& plan, std::size_t block, BlockMemory& memory) {
    Block here(plan, block, memory);
    for (StepId id = 0; id < plan.steps.size(); ++id) here.make(id);
}

namespace {

Block::Block(const SelectionPlan& plan, std::size_t number, BlockMemory& memory)
    : plan_(plan),
      memory_(memory),
      first_(number * rows_a_block),
      rows_(std::min(rows_a_block, plan.table.rows - first_)),
      words_((rows_ + bits_a_word - 1) / bits_a_word) {}

void Block::make(StepId id) {
    const Step& step = plan_.steps[id];
    switch (step.kind) {
        case StepKind::constant: return constant(step, memory_.answers[id]);
        case StepKind::present:
            std::copy_n(&step.column->present()[first_ / 64], words_, memory_.answers[id].yes.begin());
            return;
        case StepKind::range: return range(step, memory_.answers[id]);
        case StepKind::texts: return texts(step, memory_.answers[id]);
        case StepKind::negation:
        case StepKind::is_yes:
        case StepKind::is_not_no: return logical(step, memory_.answers[id]);
        case StepKind::conjunction:
        case StepKind::disjunction: return join(step, memory_.answers[id]);
        case StepKind::choice: return choice(step, memory_.answers[id]);
        case StepKind::comparison: return comparison(step, memory_.answers[id]);
        case StepKind::by_row: return by_row(step, memory_.answers[id]);
        case StepKind::column_numbers: return column_numbers(step, memory_.numbers[id]);
        case StepKind::constant_number: return constant_number(step, memory_.numbers[id]);
        case StepKind::arithmetic: return arithmetic(step, memory_.numbers[id]);
        case StepKind::negated_number: return negated_number(step, memory_.numbers[id]);
        case StepKind::to_real: return to_real(step, memory_.numbers[id]);
    }
}

void Block::constant(const Step& step, Answers& out) const {
    out.yes.fill(step.truth == Truth::yes ? ~std::uint64_t{0} : 0);
    out.unknown.fill(step.truth == Truth::unknown ? ~std::uint64_t{0} : 0);
}

void Block::range(const Step& step, Answers& out) const {
    test(*step.column, step.range, out.yes);
    if (!step.may_be_unknown) return;
    for (std::size_t word = 0; word < words_; ++word) {
        out.yes[word] &= present(*step.column, word);
        out.unknown[word] = ~present(*step.column, word);
    }
}

void Block::texts(const Step& step, Answers& out) const {
    if (step.yes_codes.empty()) return by_table(step, out);
    test(*step.column, step.yes_codes.front(), out.yes);
    Mask more;
    for (std::size_t i = 1; i < step.yes_codes.size(); ++i) {
        test(*step.column, step.yes_codes[i], more);
        for (std::size_t word = 0; word < words_; ++word) out.yes[word] |= more[word];
    }
    if (step.column->is_whole()) return;
    const std::uint64_t missing_is_yes = step.truth == Truth::yes ? ~std::uint64_t{0} : 0;
    const std::uint64_t missing_is_unknown = step.truth == Truth::unknown ? ~std::uint64_t{0} : 0;
    for (std::size_t word = 0; word < words_; ++word) {
        const std::uint64_t missing = ~present(*step.column, word);
        out.yes[word] = (out.yes[word] & ~missing) | (missing & missing_is_yes);
        out.unknown[word] = missing & missing_is_unknown;
    }
}

void Block::by_table(const Step& step, Answers& out) const {
    out.yes.fill(0);
    out.unknown.fill(0);
    std::visit(
        [&](const auto& codes) {
            for (std::size_t i = 0; i < rows_; ++i) {
                const bool is_there = step.column->is_present(first_ + i);
                const Truth truth = is_there ? step.by_code[static_cast<std::size_t>(codes[first_ + i])] : step.truth;
                out.yes[i / bits_a_word] |= std::uint64_t{truth == Truth::yes} << (i % bits_a_word);
                out.unknown[i / bits_a_word] |= std::uint64_t{truth == Truth::unknown} << (i % bits_a_word);
            }
        },
        step.column->codes());
}

void Block::logical(const Step& step, Answers& out) const {
    const Answers& inner = answers(step, 0);
    for (std::size_t word = 0; word < words_; ++word) {
        const std::uint64_t yes = inner.yes[word];
        const std::uint64_t unknown = inner.unknown[word];
        switch (step.kind) {
            case StepKind::negation: out.yes[word] = ~yes & ~unknown; break;
            case StepKind::is_not_no: out.yes[word] = yes | unknown; break;
            default: out.yes[word] = yes; break;
        }
        if (step.may_be_unknown) out.unknown[word] = unknown;
    }
}

// && and || as CEL has them: what decides does so beside an unknown, too.
void Block::join(const Step& step, Answers& out) const {
    const bool all = step.kind == StepKind::conjunction;
    const std::uint64_t start = all ? ~std::uint64_t{0} : 0;
    if (step.operands.empty()) return out.yes.fill(start);
    if (!step.may_be_unknown) {
        out.yes = answers(step, 0).yes;
        for (std::size_t i = 1; i < step.operands.size(); ++i) {
            const Mask& next = answers(step, i).yes;
            for (std::size_t word = 0; word < words_; ++word) {
                out.yes[word] = all ? out.yes[word] & next[word] : out.yes[word] | next[word];
            }
        }
        return;
    }
    for (std::size_t word = 0; word < words_; ++word) {
        std::uint64_t yes = start;
        std::uint64_t no = ~start;
        for (const StepId id : step.operands) {
            const Answers& next = memory_.answers[id];
            const std::uint64_t next_no = ~next.yes[word] & ~next.unknown[word];
            yes = all ? yes & next.yes[word] : yes | next.yes[word];
            no = all ? no | next_no : no & next_no;
        }
        out.yes[word] = yes;
        out.unknown[word] = ~yes & ~no;
    }
}

void Block::choice(const Step& step, Answers& out) const {
    const Answers& chooser = answers(step, 0);
    const Answers& first = answers(step, 1);
    const Answers& second = answers(step, 2);
    for (std::size_t word = 0; word < words_; ++word) {
        const std::uint64_t takes_first = chooser.yes[word];
        const std::uint64_t takes_second = ~chooser.yes[word] & ~chooser.unknown[word];
        out.yes[word] = (takes_first & first.yes[word]) | (takes_second & second.yes[word]);
        if (!step.may_be_unknown) continue;
        out.unknown[word] =
            chooser.unknown[word] | (takes_first & first.unknown[word]) | (takes_second & second.unknown[word]);
    }
}

template <typename Number>
bool compares(BinaryOperator operation, Number left, Number right) {
    switch (operation) {
        case BinaryOperator::less: return left < right;
        case BinaryOperator::less_equal: return left <= right;
        case BinaryOperator::greater: return left > right;
        case BinaryOperator::greater_equal: return left >= right;
        case BinaryOperator::not_equal: return left != right;
        default: return left == right;
    }
}

template <typename Number>
void compare(BinaryOperator operation, std::span<const Number> left, std::span<const Number> right, Mask& bits) {
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (i % bits_a_word == 0) bits[i / bits_a_word] = 0;
        bits[i / bits_a_word] |= std::uint64_t{compares(operation, left[i], right[i])} << (i % bits_a_word);
    }
}

void Block::comparison(const Step& step, Answers& out) const {
    const Numbers& left = numbers(step, 0);
    const Numbers& right = numbers(step, 1);
    if (step.is_real) {
        compare(step.operation, std::span(left.reals).first(rows_), std::span(right.reals).first(rows_), out.yes);
    } else {
        compare(step.operation, std::span(left.integers).first(rows_), std::span(right.integers).first(rows_), out.yes);
    }
    if (!step.may_be_unknown) return;
    for (std::size_t word = 0; word < words_; ++word) {
        out.unknown[word] = left.unknown[word] | right.unknown[word];
        out.yes[word] &= ~out.unknown[word];
    }
}

void Block::by_row(const Step& step, Answers& out) {
    out.yes.fill(0);
    out.unknown.fill(0);
    for (std::size_t i = 0; i < rows_; ++i) {
        const std::size_t word = i / bits_a_word;
        const std::size_t bit = i % bits_a_word;
        for (const int slot : step.slots) {
            const auto index = static_cast<std::size_t>(slot);
            const auto defined = plan_.defined.find(index);
            if (defined != plan_.defined.end()) {
                memory_.row[index] = Value::boolean((memory_.answers[defined->second].yes[word] >> bit & 1) != 0);
            } else {
                const Column* column = index < plan_.table.slots.size() ? plan_.table.slots[index] : nullptr;
                memory_.row[index] = column == nullptr ? Value() : column->at(first_ + i);
            }
        }
        const Truth truth = expression::Evaluation(*step.code, memory_.row).truth_of(step.at);
        out.yes[word] |= std::uint64_t{truth == Truth::yes} << bit;
        out.unknown[word] |= std::uint64_t{truth == Truth::unknown} << bit;
    }
}

void Block::column_numbers(const Step& step, Numbers& out) const {
    const double divisor = step.column->divisor();
    std::visit(
        [&](const auto& codes) {
            if (step.is_real && divisor > 1.0) {
                for (std::size_t i = 0; i < rows_; ++i) out.reals[i] = static_cast<double>(codes[first_ + i]) / divisor;
            } else if (step.is_real) {
                for (std::size_t i = 0; i < rows_; ++i) out.reals[i] = static_cast<double>(codes[first_ + i]);
            } else {
                for (std::size_t i = 0; i < rows_; ++i) out.integers[i] = static_cast<std::int64_t>(codes[first_ + i]);
            }
        },
        step.column->codes());
    for (std::size_t word = 0; word < words_; ++word) out.unknown[word] = ~present(*step.column, word);
}

void Block::constant_number(const Step& step, Numbers& out) const {
    if (step.is_real) {
        std::ranges::fill(out.reals, step.number.as_real());
    } else {
        std::ranges::fill(out.integers, step.number.as_integer());
    }
    out.unknown.fill(0);
}

// The answer and whether there is one.
bool whole_arithmetic(BinaryOperator operation, std::int64_t left, std::int64_t right, std::int64_t& result) {
    const bool has_quotient = right != 0 && !(right == -1 && left == std::numeric_limits<std::int64_t>::min());
    switch (operation) {
        case BinaryOperator::add: return !__builtin_add_overflow(left, right, &result);
        case BinaryOperator::subtract: return !__builtin_sub_overflow(left, right, &result);
        case BinaryOperator::multiply: return !__builtin_mul_overflow(left, right, &result);
        case BinaryOperator::divide: result = has_quotient ? left / right : 0; return has_quotient;
        default: result = has_quotient ? left % right : 0; return has_quotient;
    }
}

double real_arithmetic(BinaryOperator operation, double left, double right) {
    switch (operation) {
        case BinaryOperator::add: return left + right;
        case BinaryOperator::subtract: return left - right;
        case BinaryOperator::multiply: return left * right;
        default: return left / right;
    }
}

void Block::arithmetic(const Step& step, Numbers& out) const {
    const Numbers& left = numbers(step, 0);
    const Numbers& right = numbers(step, 1);
    for (std::size_t word = 0; word < words_; ++word) out.unknown[word] = left.unknown[word] | right.unknown[word];
    if (step.is_real) {
        for (std::size_t i = 0; i < rows_; ++i) {
            out.reals[i] = real_arithmetic(step.operation, left.reals[i], right.reals[i]);
        }
        return;
    }
    for (std::size_t i = 0; i < rows_; ++i) {
        const bool has_result = whole_arithmetic(step.operation, left.integers[i], right.integers[i], out.integers[i]);
        out.unknown[i / bits_a_word] |= std::uint64_t{!has_result} << (i % bits_a_word);
    }
}

void Block::negated_number(const Step& step, Numbers& out) const {
    const Numbers& inner = numbers(step, 0);
    out.unknown = inner.unknown;
    for (std::size_t i = 0; i < rows_; ++i) {
        if (step.is_real) {
            out.reals[i] = -inner.reals[i];
        } else {
            const bool has_result = whole_arithmetic(BinaryOperator::subtract, 0, inner.integers[i], out.integers[i]);
            out.unknown[i / bits_a_word] |= std::uint64_t{!has_result} << (i % bits_a_word);
        }
    }
}

void Block::to_real(const Step& step, Numbers& out) const {
    const Numbers& inner = numbers(step, 0);
    for (std::size_t i = 0; i < rows_; ++i) out.reals[i] = static_cast<double>(inner.integers[i]);
    out.unknown = inner.unknown;
}

// A range in the type of the codes: what lies beyond them cannot be met.
template <typename Code, typename Border>
void test_codes(std::span<const Code> codes, const CodeRange<Border>& range, Mask& bits) {
    if constexpr (std::is_integral_v<Code> && std::is_integral_v<Border>) {
        constexpr Border least = std::numeric_limits<Code>::min();
        constexpr Border most = std::numeric_limits<Code>::max();
        if (range.low > most || range.high < least) {
            bits.fill(0);
        } else {
            test_range(codes, static_cast<Code>(std::max(range.low, least)),
                       static_cast<Code>(std::min(range.high, most)), bits.data());
        }
    } else {
        test_range(codes, static_cast<Code>(range.low), static_cast<Code>(range.high), bits.data());
    }
    if (!range.is_negated) return;
    for (auto& word : bits) word = ~word;
}

void Block::test(const Column& column, const AnyRange& range, Mask& bits) const {
    std::visit([&](const auto& codes,
                   const auto& border) { test_codes(std::span(codes).subspan(first_, rows_), border, bits); },
               column.codes(), range);
}

}  // namespace

}  // namespace segmentd::rules
