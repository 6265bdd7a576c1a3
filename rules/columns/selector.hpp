// Conditions asked of whole columns: the second evaluator, with the answers of the first.
//
// A selector is built once from compiled conditions and the columns they read. It is a flat program: each of its steps
// makes, for a block of rows, two bits a row (is it yes, is it unknown). A step that several conditions share is made
// once. Comparisons with literals become ranges of codes; a part that reads one text alone is answered once for each
// distinct text; arithmetic runs over the block. What has no such form is asked of the row evaluator row by row, so
// every expression is answered here as decide() answers it.
//
// Why a row has no answer is not kept: the row evaluator says it of that row.
//
// The columns and programs must outlive the selector and stay as they are. Any thread may select; each needs scratch
// memory of its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "rules/columns/column.hpp"
#include "rules/expression/program.hpp"

namespace segmentd::rules {

inline constexpr std::size_t rows_a_block = 4096;
inline constexpr std::size_t words_a_block = rows_a_block / 64;

// A bit for each row of a block, the first row lowest. Bits beyond the last row have no meaning.
using Mask = std::array<std::uint64_t, words_a_block>;

struct Answers {
    Mask yes;
    Mask unknown;  // disjoint from yes
};

// Where the slots of a row stand for many customers.
struct Table {
    std::size_t rows = 0;
    std::vector<const Column*> slots;  // null: missing in every row
};

// Who may be in a segment by its definition alone.
struct EntryRule {
    std::span<const expression::Program> enter;          // all must hold
    std::span<const expression::Program> stay;           // none may fail
    std::span<const expression::Program> leave_at_once;  // none may hold
    bool unknown_enters = false;
};

struct SelectionPlan;
class SelectionScratch;

class Selector {
  public:
    explicit Selector(Table table);
    ~Selector();
    Selector(const Selector&) = delete;
    Selector& operator=(const Selector&) = delete;

    // Adds a condition, the lines of which must all hold; gives its number. Without lines it is yes.
    std::size_t add(std::span<const expression::Program> lines);
    // Adds the question who may enter; its answers are never unknown.
    std::size_t add(const EntryRule& rule);
    // From now on this slot is a boolean: whether the condition is yes.
    void define(std::size_t slot, std::size_t condition);

    std::size_t conditions() const { return results_.size(); }
    std::size_t steps() const;
    std::size_t steps_by_row() const;  // of these, how many ask the row evaluator

    // Answers every condition for the rows from block * rows_a_block on, at most a block of them.
    void select(std::size_t block, SelectionScratch& scratch) const;
    std::size_t blocks() const;

  private:
    friend class SelectionScratch;
    std::unique_ptr<SelectionPlan> plan_;
    std::vector<std::size_t> results_;  // the step that answers each condition
};

// The memory of one thread that selects, and what it found last.
class SelectionScratch {
  public:
    explicit SelectionScratch(const Selector& selector);
    ~SelectionScratch();

    const Answers& answers(std::size_t condition) const;

    struct Buffers;

  private:
    friend class Selector;
    const Selector& selector_;
    std::unique_ptr<Buffers> buffers_;
};

}  // namespace segmentd::rules
