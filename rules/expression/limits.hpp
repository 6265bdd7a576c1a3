// How large an expression may be. What is larger is refused with the rule "cel_limit".
#pragma once

#include <cstddef>
#include <cstdint>

namespace segmentd::rules::expression {

struct Limits {
    std::size_t bytes = std::size_t{64} * 1024;
    std::uint32_t depth = 250;   // nesting of parentheses, operators, selections, macros
    std::size_t nodes = 20'000;  // literals, names, operators and calls together
};

}  // namespace segmentd::rules::expression
