// The quick way to decide a condition: comparisons of slots with literals as a flat program of jumps.
//
// It decides what most rows need and gives up on the rest: on a value that is missing or of another kind than the
// literal it says unknown, and the evaluation proper, which knows errors, is asked. Where it says yes or no, that is
// the answer of the evaluation.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rules/expression/value.hpp"

namespace segmentd::rules::expression {

struct Code;
enum class Truth : std::uint8_t;

// A test of one slot, and the step that follows its outcome. Labels below 0 end the program.
struct Jump {
    enum class Test : std::uint8_t { number, text, boolean, present };

    Test test = Test::number;
    bool is_whole = false;  // the literal is an int: an int of the row is compared as such, else as the nearest double
    std::int32_t slot = 0;
    std::int32_t yes = 0;
    std::int32_t no = 0;
    std::int64_t low = 0;  // of a number: low <= row[slot] <= high
    std::int64_t high = 0;
    double real_low = 0;
    double real_high = 0;
    std::string text;  // row[slot] == text
};

class JumpProgram {
  public:
    // Nothing where the condition has other parts than comparisons of slots with literals, texts in a list of literals,
    // boolean slots, has() of slots, and && || ! ?: over them.
    static std::optional<JumpProgram> of(const Code& code);

    Truth decide(std::span<const Value> row) const;

  private:
    friend class JumpBuilder;
    std::vector<Jump> steps_;
    std::int32_t start_ = 0;
    std::size_t slots_ = 0;  // a row must have at least so many
};

}  // namespace segmentd::rules::expression
