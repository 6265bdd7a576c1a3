// Compiled expressions: compile once, evaluate on many rows.
//
// A row is a flat span of values; every variable and field was given its slot when declared. A
// slot beyond the end of the row counts as missing. Programs are immutable and may be evaluated in
// several threads at once; copies share their code.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "rules/expression/declarations.hpp"
#include "rules/expression/evaluation_error.hpp"
#include "rules/expression/limits.hpp"
#include "rules/expression/syntax.hpp"
#include "rules/expression/type.hpp"
#include "rules/expression/value.hpp"

namespace segmentd::rules::expression {

struct Code;

class Program {
  public:
    Program(std::shared_ptr<const Code> code, std::string text, Type type, std::uint64_t cost);

    // The type of the result as far as it is known before evaluation. A condition is bool or dyn.
    const Type& type() const { return type_; }
    const std::string& text() const { return text_; }
    // The steps of one evaluation in the worst case, see limits.hpp.
    std::uint64_t cost() const { return cost_; }
    const Code& code() const { return *code_; }

  private:
    std::shared_ptr<const Code> code_;
    std::string text_;
    Type type_;
    std::uint64_t cost_;
};

// Parses, checks types, bounds the cost and compiles. Refusals have the code invalid, line and column within the
// text (from 1; columns in code points), and one of the rules cel_syntax, cel_type,
// cel_unknown_name, cel_limit. Parts that read no slot are evaluated here once.
Result<Program> compile(std::string_view text, const Declarations& declarations, const Limits& limits);

// The same without type check: unknown names and wrong types become errors of the evaluation,
// where && and || can absorb them.
Result<Program> compile_unchecked(std::string_view text, const Declarations& declarations, const Limits& limits);

// The value for one row, or why there is none. && and || ignore an error on one side where the
// other side decides, whichever comes first; ?: evaluates one branch only. The work is bounded:
// macros and long texts beyond a fixed number of steps end in the error work_limit.
Outcome evaluate(const Program& program, std::span<const Value> row);

enum class Truth : std::uint8_t { no, yes, unknown };

// A condition without the reason of an error: unknown for an error and for a value that is no
// bool. Comparisons of slots with literals allocate nothing.
Truth decide(const Program& program, std::span<const Value> row);

// Every slot the program can read, has() included; ascending, each once.
std::vector<int> slots_read(const Program& program);

// slot operation literal; 3 < slot is turned round to slot > 3.
struct SlotComparison {
    BinaryOperator operation = BinaryOperator::equal;  // a comparison
    Value literal;                                     // int, uint or double
};

struct SlotUse {
    std::vector<SlotComparison> comparisons;  // with numbers, in no particular order
    bool is_used_otherwise = false;           // also in arithmetic, a function, a macro, a list, beside another slot
};

// How a program uses a slot. Where it is not used otherwise, the result can change only when the
// slot crosses one of the literals or becomes missing or present; has() is no other use.
SlotUse literal_comparisons(const Program& program, int slot);

}  // namespace segmentd::rules::expression
