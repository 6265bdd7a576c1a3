// How a benchmark ends: with its figures, or with one sentence and exit code 1. What it started and the folders it
// made are gone either way.
#pragma once

#include <fmt/format.h>

#include <exception>
#include <functional>
#include <stdexcept>

#include "base/result.hpp"

namespace segmentd::bench {

// The value; a benchmark can do nothing about an error but end with it.
template <typename T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(to_text(result.error()));
    return *std::move(result);
}

inline void must(const Result<void>& result) {
    if (!result) throw std::runtime_error(to_text(result.error()));
}

// Runs it and gives the exit code.
inline int run_benchmark(const std::function<void()>& measure) {
    try {
        measure();
        return 0;
    } catch (const std::exception& trouble) {
        fmt::print(stderr, "{}\n", trouble.what());
        return 1;
    }
}

}  // namespace segmentd::bench
