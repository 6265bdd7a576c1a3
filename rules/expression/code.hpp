// The compiled form of an expression: flat arrays, slots resolved, constants folded.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rules/expression/declarations.hpp"
#include "rules/expression/functions.hpp"
#include "rules/expression/jump_program.hpp"
#include "rules/expression/syntax.hpp"
#include "rules/expression/value.hpp"

namespace re2 {
class RE2;
}

namespace segmentd::rules::expression {

enum class Opcode : std::uint8_t {
    constant,          // constants[constant]
    slot,              // row[index]
    local,             // the variable of the macro number `index`, counted from outside
    unknown_name,      // an error that names constants[constant]
    unknown_function,  // an error that names constants[constant]
    slot_is_present,   // row[index] is not missing
    field,             // operand 0, key constants[constant]
    field_is_present,  // operand 0, key constants[constant]
    element,           // operand 0 [operand 1]
    negate,
    logical_not,
    logical_and,
    logical_or,
    conditional,
    binary,           // `operation`
    compare_slot,     // row[index] `operation` constants[constant], the constant being a number
    call,             // `function` on its operands
    matches_pattern,  // operand 0 against patterns[index]
    list,
    map,    // key, value, key, value ...
    macro,  // `macro` whose first variable has the number `index`, with `constant` variables: range, [condition,] body
    optional_slot,     // row[index] as an optional
    optional_element,  // operand 0 [? operand 1]
    optional_entry,    // operand 0, which a list or map takes in if it holds something
    otherwise,         // operand 0, an optional, if it holds something, else operand 1; by or(), orValue()
};

struct Instruction {
    Opcode opcode = Opcode::constant;
    BinaryOperator operation = BinaryOperator::add;
    Function function = Function::size;
    Macro macro = Macro::all;
    std::int32_t index = 0;
    std::uint32_t constant = 0;
    std::uint32_t first = 0;  // operands[first] to operands[first + count - 1] are instructions
    std::uint32_t count = 0;
};

// True where `index` is a slot of the row.
inline bool reads_slot(const Instruction& instruction) {
    return instruction.opcode == Opcode::slot || instruction.opcode == Opcode::compare_slot ||
           instruction.opcode == Opcode::slot_is_present || instruction.opcode == Opcode::optional_slot;
}

struct Code {
    std::vector<Instruction> instructions;
    std::vector<NodeId> origins;  // of each instruction, its node in the syntax tree: for trace()
    std::vector<std::uint32_t> operands;
    std::vector<Value> constants;
    std::vector<std::shared_ptr<const re2::RE2>> patterns;
    std::map<int, std::string> slot_names;  // as the text calls them, for messages
    ZoneOffset time_zones;
    std::uint32_t root = 0;
    int local_count = 0;
    std::optional<JumpProgram> jumps;  // the quick form of a condition, where it has one
};

}  // namespace segmentd::rules::expression
