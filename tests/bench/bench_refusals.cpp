// How long it takes to refuse an expression that would cost too much. Prints milliseconds, the slowest of ten.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "rules/expression/program.hpp"
#include "tests/bench/benchmark_run.hpp"

namespace {

namespace expression = segmentd::rules::expression;
using Milliseconds = std::chrono::duration<double, std::milli>;

std::string repeated(const std::string& text, int times);
std::string nested_walks(int depth);
void refuse(const char* name, const std::string& text);

void measure() {
    fmt::print("{:<34} {:>10}\n", "expression", "refused, ms");
    refuse("40 nested walks over lists", nested_walks(40));
    refuse("1 MB of text", repeated("1 + ", 250'000) + "1");
    refuse("64 KB of additions", repeated("1+", 32'000) + "1");
    refuse("10,000 nested parentheses", repeated("(", 10'000) + "1" + repeated(")", 10'000));
    refuse("a regular expression that explodes", "list[0].matches('(((a{30}b{30}){30}c){20}d){9}')");
    refuse("one at the edge of its memory", "list[0].matches('" + repeated("(x{9}|\\\\pL{9})", 70) + "')");
    refuse("a text that doubles 60 times", "list" + repeated(".map(t, t + t)", 60) + ".size() > 0");
}

}  // namespace

int main() {
    return segmentd::bench::run_benchmark(measure);
}

namespace {

std::string repeated(const std::string& text, int times) {
    std::string result;
    for (int i = 0; i < times; ++i) result += text;
    return result;
}

std::string nested_walks(int depth) {
    std::string text = "true";
    for (int i = 0; i < depth; ++i) text = fmt::format("list.all(x{}, {})", i, text);
    return text;
}

void refuse(const char* name, const std::string& text) {
    expression::Declarations scope;
    scope.add_variable("list", expression::Type::list_of(expression::TypeKind::string), 0);
    Milliseconds slowest{};
    for (int i = 0; i < 10; ++i) {
        const auto started = std::chrono::steady_clock::now();
        const auto program = expression::compile(text, scope, expression::Limits{});
        slowest = std::max(slowest, Milliseconds(std::chrono::steady_clock::now() - started));
        if (program) throw std::runtime_error(fmt::format("{}: it is taken", name));
    }
    fmt::print("{:<34} {:>10.2f}\n", name, slowest.count());
}

}  // namespace
