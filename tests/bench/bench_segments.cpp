// Twenty segments over ten million customers with twelve attributes: who is in which, as bits, and how many. The
// conditions are compiled from text at run time; beside them stand the same conditions as loops that a compiler saw.
// Then a thousand-and-one conditions: 500 segments over a million customers.
#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <array>
#include <bit>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "base/random.hpp"
#include "rules/columns/selector.hpp"
#include "tests/bench/benchmark_run.hpp"
#include "tests/bench/segment_loops.hpp"

namespace {

namespace expression = segmentd::rules::expression;
using expression::Value;
using segmentd::bench::Customers;
using segmentd::rules::Column;
using segmentd::rules::Selector;
using Clock = std::chrono::steady_clock;

constexpr int rounds = 5;  // the fastest counts
constexpr std::size_t many_segments = 500;

using Conditions = std::vector<std::vector<expression::Program>>;

struct Found {
    double seconds = 0;
    std::vector<std::vector<std::uint64_t>> members;  // a bit a customer, for each segment
    std::vector<std::uint64_t> sizes;
};

void measure(std::size_t customers);
void measure_many(const std::vector<Column>& columns, std::size_t customers);
std::vector<Column> columns_of(const Customers& customers);
Conditions compiled(const std::vector<std::vector<std::string>>& texts);
Found select(const std::vector<Column>& columns, const Conditions& conditions, std::size_t threads);
Found by_hand(const Customers& customers, std::size_t threads);
std::vector<std::vector<std::string>> random_segments(std::size_t count);
void print(const char* what, const Found& found);

}  // namespace

int main(int count, char** texts) {
    CLI::App app("bench_segments: memberships of many customers at once");
    std::size_t customers = 10'000'000;
    app.add_option("--customers", customers)->check(CLI::Range(10'000, 100'000'000));
    app.allow_extras();  // those of bench_expression
    CLI11_PARSE(app, count, texts);
    return segmentd::bench::run_benchmark([customers] { measure(customers); });
}

namespace {

void measure(std::size_t count) {
    const Customers customers = segmentd::bench::make_customers(count);
    const auto columns = columns_of(customers);
    std::vector<std::vector<std::string>> texts;
    for (const auto& segment : segmentd::bench::twenty_segments()) texts.push_back(segment.conditions);
    const auto conditions = compiled(texts);
    std::size_t bytes = 0;
    for (const auto& column : columns) bytes += column.bytes();
    fmt::print("{} customers, {} attributes in {:.1f} bytes a customer\n", count, columns.size(),
               static_cast<double>(bytes) / static_cast<double>(count));
    for (const std::size_t threads : {1UL, 2UL}) {
        const auto limit = by_hand(customers, threads);
        const auto ours = select(columns, conditions, threads);
        if (ours.members != limit.members) throw std::runtime_error("the loops and the selector disagree");
        fmt::print("20 segments, {} thread{}: memberships and sizes\n", threads, threads == 1 ? "" : "s");
        print(threads == 1 ? "  segmentd (goal 80 ms)" : "  segmentd (goal 45 ms)", ours);
        print("  loops written by hand", limit);
        fmt::print("  segmentd / by hand: {:.2f} (goal 1.5)\n", ours.seconds / limit.seconds);
    }
    measure_many(columns, std::min<std::size_t>(count, 1'000'000));
}

void measure_many(const std::vector<Column>& columns, std::size_t count) {
    auto fewer = columns;
    for (auto& column : fewer) column.resize(count);
    const auto conditions = compiled(random_segments(many_segments));
    const auto ours = select(fewer, conditions, 2);
    fmt::print("{} segments, {} customers, 2 threads\n", many_segments, count);
    print("  segmentd (goal 2,000 ms)", ours);
}

std::vector<Column> columns_of(const Customers& customers) {
    std::vector<Column> columns(segmentd::bench::attributes);
    for (auto& column : columns) column.resize(customers.size());
    for (std::size_t row = 0; row < customers.size(); ++row) {
        for (std::size_t i = 0; i < columns.size(); ++i)
            columns[i].set(row, segmentd::bench::value_of(customers, row, i));
    }
    return columns;
}

Conditions compiled(const std::vector<std::vector<std::string>>& texts) {
    Conditions conditions;
    for (const auto& segment : texts) {
        auto& lines = conditions.emplace_back();
        for (const auto& text : segment) {
            lines.push_back(segmentd::bench::must(expression::compile(text, segmentd::bench::attribute_scope(), {})));
        }
    }
    return conditions;
}

// Calls work(first, end) on parts of whole blocks, one a thread.
template <typename Work>
void in_parts(std::size_t blocks, std::size_t threads, const Work& work) {
    std::vector<std::jthread> running;
    for (std::size_t part = 0; part < threads; ++part) {
        running.emplace_back([&, part] { work(blocks * part / threads, blocks * (part + 1) / threads); });
    }
}

Found blank(std::size_t segments, std::size_t blocks) {
    Found found;
    found.members.assign(segments, std::vector<std::uint64_t>(blocks * segmentd::rules::words_a_block));
    found.sizes.resize(segments);
    return found;
}

Found select(const std::vector<Column>& columns, const Conditions& conditions, std::size_t threads) {
    const std::size_t rows = columns.front().rows();
    const std::size_t blocks = (rows + segmentd::rules::rows_a_block - 1) / segmentd::rules::rows_a_block;
    auto found = blank(conditions.size(), blocks);
    found.seconds = 1e9;
    for (int round = 0; round < rounds; ++round) {
        const auto begin = Clock::now();
        segmentd::rules::Table table{rows, {}};
        for (const auto& column : columns) table.slots.push_back(&column);
        Selector selector(std::move(table));
        for (const auto& lines : conditions) selector.add(std::span(lines));
        std::vector<std::vector<std::uint64_t>> sizes(threads, std::vector<std::uint64_t>(conditions.size()));
        in_parts(blocks, threads, [&](std::size_t first, std::size_t end) {
            segmentd::rules::SelectionScratch scratch(selector);
            auto& own = sizes[first == 0 ? 0 : threads - 1];
            for (std::size_t block = first; block < end; ++block) {
                selector.select(block, scratch);
                for (std::size_t i = 0; i < conditions.size(); ++i) {
                    own[i] +=
                        segmentd::bench::store_block(scratch.answers(i).yes.data(), block, rows, found.members[i]);
                }
            }
        });
        for (std::size_t i = 0; i < conditions.size(); ++i) {
            found.sizes[i] = 0;
            for (const auto& part : sizes) found.sizes[i] += part[i];
        }
        found.seconds = std::min(found.seconds, std::chrono::duration<double>(Clock::now() - begin).count());
    }
    return found;
}

Found by_hand(const Customers& customers, std::size_t threads) {
    const auto segments = segmentd::bench::twenty_segments();
    const std::size_t blocks = (customers.size() + segmentd::rules::rows_a_block - 1) / segmentd::rules::rows_a_block;
    auto found = blank(segments.size(), blocks);
    found.seconds = 1e9;
    for (int round = 0; round < rounds; ++round) {
        const auto begin = Clock::now();
        std::vector<std::vector<std::uint64_t>> sizes(threads, std::vector<std::uint64_t>(segments.size()));
        in_parts(blocks, threads, [&](std::size_t first, std::size_t end) {
            auto& own = sizes[first == 0 ? 0 : threads - 1];
            std::array<std::uint64_t, segmentd::rules::words_a_block> bits;
            for (std::size_t block = first; block < end; ++block) {
                for (std::size_t i = 0; i < segments.size(); ++i) {
                    segments[i].loop(customers, block * segmentd::rules::rows_a_block, bits.data());
                    own[i] += segmentd::bench::store_block(bits.data(), block, customers.size(), found.members[i]);
                }
            }
        });
        for (std::size_t i = 0; i < segments.size(); ++i) {
            found.sizes[i] = 0;
            for (const auto& part : sizes) found.sizes[i] += part[i];
        }
        found.seconds = std::min(found.seconds, std::chrono::duration<double>(Clock::now() - begin).count());
    }
    return found;
}

// Three to six comparisons each, no two segments alike.
std::vector<std::vector<std::string>> random_segments(std::size_t count) {
    segmentd::Random random(11, "many segments");
    std::vector<std::vector<std::string>> segments(count);
    for (auto& lines : segments) {
        const auto lines_wanted = 3 + random.below(4);
        while (lines.size() < lines_wanted) lines.push_back(segmentd::bench::random_comparison(random));
    }
    return segments;
}

void print(const char* what, const Found& found) {
    std::uint64_t members = 0;
    for (const auto size : found.sizes) members += size;
    fmt::print("{:<44} {:>9.1f} ms, {} memberships\n", what, found.seconds * 1e3, members);
}

}  // namespace
