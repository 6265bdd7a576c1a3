// One evaluation of compiled code on one row.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/expression/code.hpp"
#include "rules/expression/evaluation_error.hpp"
#include "rules/expression/limits.hpp"
#include "rules/expression/program.hpp"

namespace segmentd::rules::expression {

// Recursion is as deep as the syntax tree was. Work is counted, and ends in an error at a limit.
class Evaluation {
  public:
    Evaluation(const Code& code, std::span<const Value> row);

    // The value of an instruction; null after an error. It stands in the row, in the code or in
    // `scratch`, and lives as long as the shortest of them.
    const Value* value_of(std::uint32_t at, Value& scratch);
    // The value of an instruction as a condition; unknown after an error.
    Truth truth_of(std::uint32_t at);
    // The steps that were charged for until now.
    std::uint64_t steps() const { return most_steps - static_cast<std::uint64_t>(work_left_); }
    // What went wrong in the call that failed last.
    EvaluationError error() const;

  private:
    const Value* slot(const Instruction& instruction);
    const Value* field(const Instruction& instruction, Value& scratch);
    const Value* element(const Instruction& instruction, Value& scratch);
    const Value* negation(const Instruction& instruction, Value& scratch);
    const Value* binary(const Instruction& instruction, Value& scratch);
    const Value* call(const Instruction& instruction, Value& scratch);
    template <std::size_t most>
    const Value* call_with(const Instruction& instruction, Value& scratch);
    const Value* pattern_match(const Instruction& instruction, Value& scratch);
    const Value* list(const Instruction& instruction, Value& scratch);
    const Value* map(const Instruction& instruction, Value& scratch);
    const Value* condition(std::uint32_t at, Value& scratch);
    const Value* keep_map(std::vector<MapEntry> entries, Value& scratch);
    const Value* entry(std::uint32_t at, Value& scratch, bool& is_there);
    const Value* optional_slot(const Instruction& instruction, Value& scratch);
    const Value* optional_element(const Instruction& instruction, Value& scratch);
    const Value* otherwise(const Instruction& instruction, Value& scratch);
    const Value* macro(const Instruction& instruction, Value& scratch);
    const Value* bind(const Instruction& instruction, Value& scratch);
    const Value* optional_macro(const Instruction& instruction, Value& scratch);
    const Value* collect(const Instruction& instruction, const Value& range, Value& scratch);
    const Value* collect_entries(const Instruction& instruction, const Value& range, Value& scratch);
    bool add_entries(const Value& map, std::vector<MapEntry>& entries);
    bool can_be_walked(const Value& range);
    void set_variables(const Instruction& instruction, const Value& range, std::size_t at, Value& position);
    Truth is_taken(const Instruction& instruction);
    Truth logical(const Instruction& instruction, Truth decisive);
    Truth compare_slot(const Instruction& instruction);
    Truth relation(const Instruction& instruction);
    Truth field_is_present(const Instruction& instruction);
    Truth quantifier(const Instruction& instruction);
    Truth plain_truth(std::uint32_t at);

    std::uint32_t operand(const Instruction& instruction, std::uint32_t number) const {
        return code_.operands[instruction.first + number];
    }
    std::string_view text_of(const Instruction& instruction) const {
        return code_.constants[instruction.constant].as_text();
    }
    bool charge(std::uint64_t work);
    const Value* keep(Value value, Value& scratch);
    const Value* keep(Outcome outcome, Value& scratch);
    void fail_with(EvaluationErrorKind kind, std::string message);
    const Value* no_overload(const char* message);

    const Code& code_;
    std::span<const Value> row_;
    std::vector<const Value*> locals_;
    std::int64_t work_left_;
    int missing_slot_ = -1;  // of an error of kind missing_attribute
    EvaluationError error_;
};

}  // namespace segmentd::rules::expression
