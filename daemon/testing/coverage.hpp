// Which parts of the conditions of a workspace the tests of its segments asked.
//
// A line, and each operand of && || ! and the question of ?: in it, wants two answers: true once and false once. What
// ?: gives wants to be taken once. Only what was asked counts: not the second operand of an || whose first was true.
// `stay` and `leave_at_once` count from the instant at which the customer of the test entered, since nobody is asked
// them before.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "daemon/engine/population/population.hpp"

namespace segmentd::daemon {

struct CoverageGap {
    SegmentId segment;
    std::string key;   // "enter", "stay" or "leave_at_once"
    std::string text;  // of the line or of the part of it
    std::string what;  // "was never true", "was never false", "was never asked", "was never taken"
    SourcePlace place;
};

class Coverage {
  public:
    explicit Coverage(const rules::Rulebook& book);

    // One look at the customer of a test of this segment.
    void observe(std::size_t segment, const Row& row, bool has_entered);

    // How many answers there are to be had, and how many were.
    std::size_t wanted() const;
    std::size_t found() const;
    // 1 where nothing is wanted.
    double share() const;

    // In the order of the definitions; segments without a test are left out, see untested().
    std::vector<CoverageGap> gaps() const;
    std::vector<SegmentId> untested() const;

  private:
    struct Part {
        bool wants_truth = true;
        bool was_true = false;
        bool was_false = false;
        bool was_asked = false;
        std::string text;
        SourcePlace place;
    };
    struct Line {
        std::size_t segment = 0;
        const char* key = "";
        bool counts_from_entry = false;
        rules::expression::Program program;
        std::vector<Part> parts;  // as trace() gives them; those that want nothing have no text
    };
    void add_lines(std::size_t segment, const char* key, const rules::Condition& texts,
                   const rules::Programs& programs);
    static std::string missing_answer(const Part& part);

    const rules::Rulebook& book_;
    std::vector<Line> lines_;
};

// Where a part of an expression stands in its file.
SourcePlace place_in(const rules::ExpressionText& text, std::size_t offset);

}  // namespace segmentd::daemon
