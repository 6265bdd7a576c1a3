// The steps of a selection made for one block of rows.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "rules/columns/selection_plan.hpp"

namespace segmentd::rules {

// The numbers that a step made; rows whose bit in `unknown` is set have none.
struct Numbers {
    std::vector<std::int64_t> integers;  // one of the two has a value a row
    std::vector<double> reals;
    Mask unknown;
};

struct BlockMemory {
    explicit BlockMemory(const SelectionPlan& plan);

    std::vector<Answers> answers;  // of each step that makes answers; `unknown` is zero where a step cannot be unknown
    std::vector<Numbers> numbers;  // of each step that makes numbers
    std::vector<expression::Value> row;
};

// Makes every step in order for the rows from block * rows_a_block on.
void make_steps(const SelectionPlan& plan, std::size_t block, BlockMemory& memory);

}  // namespace segmentd::rules
