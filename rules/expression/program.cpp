#include "rules/expression/program.hpp"

#include <set>
#include <utility>

#include "rules/expression/checker.hpp"
#include "rules/expression/code.hpp"
#include "rules/expression/compiler.hpp"
#include "rules/expression/cost.hpp"
#include "rules/expression/evaluation.hpp"
#include "rules/expression/parser.hpp"

namespace segmentd::rules::expression {
namespace {

Result<Program> compile_as(Strictness strictness, std::string_view text, const Declarations& declarations,
                           const Limits& limits);

}  // namespace

Program::Program(std::shared_ptr<const Code> code, std::string text, Type type, std::uint64_t cost)
    : code_(std::move(code)), text_(std::move(text)), type_(std::move(type)), cost_(cost) {}

Result<Program> compile(std::string_view text, const Declarations& declarations, const Limits& limits) {
    return compile_as(Strictness::checked, text, declarations, limits);
}

Result<Program> compile_unchecked(std::string_view text, const Declarations& declarations, const Limits& limits) {
    return compile_as(Strictness::unchecked, text, declarations, limits);
}

Outcome evaluate(const Program& program, std::span<const Value> row) {
    Evaluation evaluation(program.code(), row);
    Value scratch;
    const Value* value = evaluation.value_of(program.code().root, scratch);
    if (value == nullptr) return tl::unexpected(evaluation.error());
    return *value;
}

Truth decide(const Program& program, std::span<const Value> row) {
    const Code& code = program.code();
    const Truth quick = code.jumps ? code.jumps->decide(row) : Truth::unknown;
    return quick != Truth::unknown ? quick : Evaluation(code, row).truth_of(code.root);
}

std::vector<int> slots_read(const Program& program) {
    std::set<int> slots;
    for (const Instruction& instruction : program.code().instructions) {
        if (reads_slot(instruction)) slots.insert(instruction.index);
    }
    return {slots.begin(), slots.end()};
}

SlotUse literal_comparisons(const Program& program, int slot) {
    SlotUse use;
    for (const Instruction& instruction : program.code().instructions) {
        if (instruction.index != slot) continue;
        if (instruction.opcode == Opcode::slot || instruction.opcode == Opcode::optional_slot)
            use.is_used_otherwise = true;
        if (instruction.opcode != Opcode::compare_slot) continue;
        use.comparisons.push_back({instruction.operation, program.code().constants[instruction.constant]});
    }
    return use;
}

namespace {

Result<Program> compile_as(Strictness strictness, std::string_view text, const Declarations& declarations,
                           const Limits& limits) {
    TRY(tree, parse(text, limits));
    TRY(checked, check(std::move(tree), text, declarations, strictness));
    TRY(cost, worst_cost(checked, text, limits));
    auto code = compile_code(checked, declarations);
    if (!code) return fail(to_error(text, std::move(code).error()));
    return Program(*std::move(code), std::string(text), checked.facts[checked.tree.root].type, cost);
}

}  // namespace

}  // namespace segmentd::rules::expression
