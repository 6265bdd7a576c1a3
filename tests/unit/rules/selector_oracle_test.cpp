// The quick forms of a condition, by column and by jumps, against the evaluation of one row, on random expressions.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>

#include "rules/columns/selector.hpp"
#include "rules/expression/evaluation.hpp"
#include "tests/unit/rules/random_expression.hpp"

namespace segmentd::tests {
namespace {

using rules::Column;
using rules::expression::Truth;

constexpr std::size_t rows_a_table = 100;
constexpr std::size_t expressions_a_table = 25;

struct RandomTable {
    std::vector<Column> columns{column_names.size()};
    std::vector<std::vector<Value>> rows;
};

RandomTable random_table(RandomExpressions& expressions) {
    RandomTable table;
    for (auto& column : table.columns) column.resize(rows_a_table);
    for (std::size_t row = 0; row < rows_a_table; ++row) {
        std::vector<Value> values;
        for (std::size_t column = 0; column < table.columns.size(); ++column) {
            values.push_back(expressions.value(column));
            table.columns[column].set(row, values.back());
        }
        table.rows.push_back(std::move(values));
    }
    return table;
}

Truth answer_of(const rules::Answers& answers, std::size_t row) {
    if ((answers.unknown[row / 64] >> (row % 64) & 1) != 0) return Truth::unknown;
    return (answers.yes[row / 64] >> (row % 64) & 1) != 0 ? Truth::yes : Truth::no;
}

// Pairs of expression and row on which the two agree; the first on which they do not ends the count.
std::size_t pairs_that_agree(std::uint64_t seed) {
    Random random(seed, "selector oracle");
    RandomExpressions expressions(random);
    const auto table = random_table(expressions);
    std::vector<rules::expression::Program> programs;
    while (programs.size() < expressions_a_table) {
        auto program = rules::expression::compile_unchecked(expressions.condition(3), RandomExpressions::scope(), {});
        if (program) programs.push_back(*std::move(program));
    }
    rules::Table columns{rows_a_table, {}};
    for (const auto& column : table.columns) columns.slots.push_back(&column);
    rules::Selector selector(columns);
    for (const auto& program : programs) selector.add(std::span(&program, 1));
    rules::SelectionScratch scratch(selector);
    selector.select(0, scratch);

    std::size_t agreed = 0;
    for (std::size_t i = 0; i < programs.size(); ++i) {
        for (std::size_t row = 0; row < rows_a_table; ++row, ++agreed) {
            const auto& code = programs[i].code();
            const Truth wanted = rules::expression::Evaluation(code, table.rows[row]).truth_of(code.root);
            const bool is_same = rules::expression::decide(programs[i], table.rows[row]) == wanted;
            if (is_same && answer_of(scratch.answers(i), row) == wanted) continue;
            std::cout << "seed " << seed << ", row " << row << ": " << programs[i].text() << '\n';
            return agreed;
        }
    }
    return agreed;
}

void compare_evaluators(std::size_t pairs) {
    const char* given = std::getenv("SEGMENTD_SEED");
    const std::uint64_t first = given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
    constexpr auto pairs_a_table = rows_a_table * expressions_a_table;
    for (std::uint64_t seed = first; seed < first + pairs / pairs_a_table; ++seed) {
        INFO("again with: SEGMENTD_SEED=" << seed << " test_rules '*evaluators agree*'");
        REQUIRE(pairs_that_agree(seed) == pairs_a_table);
    }
}

}  // namespace

TEST_CASE("a column gives back every value as it was set") {
    Random random(7, "columns");
    RandomExpressions expressions(random);
    for (int round = 0; round < 50; ++round) {
        const auto table = random_table(expressions);
        for (std::size_t column = 0; column < table.columns.size(); ++column) {
            for (std::size_t row = 0; row < rows_a_table; ++row) {
                const Value given = table.rows[row][column];
                const Value kept = table.columns[column].at(row);
                REQUIRE(kept.kind() == given.kind());
                if (given.kind() == rules::expression::Kind::real) {
                    REQUIRE(kept.as_integer() == given.as_integer());  // the bits, so that -0.0 and NaN count
                } else if (given.kind() == rules::expression::Kind::string) {
                    REQUIRE(kept.as_text() == given.as_text());
                } else if (given.kind() != rules::expression::Kind::list) {
                    REQUIRE(kept.as_integer() == given.as_integer());
                }
            }
        }
    }
}

TEST_CASE("the columnar and the row evaluators agree, 50,000 of the 1,000,000 pairs of the slow form") {
    compare_evaluators(50'000);
}

TEST_CASE("the columnar and the row evaluators agree on 1,000,000 pairs", "[slow]") {
    compare_evaluators(1'000'000);
}

}  // namespace segmentd::tests
