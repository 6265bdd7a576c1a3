// How large an expression may be, and what it may cost. What is larger is refused with the rule "cel_limit".
#pragma once

#include <cstddef>
#include <cstdint>

namespace segmentd::rules::expression {

struct Limits {
    std::size_t bytes = std::size_t{64} * 1024;
    std::uint32_t depth = 250;   // nesting of parentheses, operators, selections, macros
    std::size_t nodes = 20'000;  // literals, names, operators and calls together

    // Steps of one evaluation in the worst case. For this bound a text that is read is taken to have so many
    // bytes, a list or map that is read so many elements; an evaluation that meets more goes on up to most_steps.
    std::uint64_t cost = 100'000;
    std::uint64_t text_bytes = 4'096;
    std::uint64_t elements = 1'000;
};

// An evaluation ends in the error work_limit beyond these, whatever was foreseen.
inline constexpr std::uint64_t most_steps = 1'000'000;
inline constexpr std::size_t longest_text = 8'000'000;  // bytes
inline constexpr std::size_t longest_list = 1'000'000;

// One step is about a function call, or so many units of weight (see Value::weight) that it looks at.
inline constexpr std::uint64_t weight_a_step = 16;
inline constexpr std::uint64_t bytes_a_weight = 8;

}  // namespace segmentd::rules::expression
