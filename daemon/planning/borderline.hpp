// Customers who nearly belong, and members who nearly do not.
#pragma once

#include "daemon/engine/engine.hpp"
#include "daemon/planning/census.hpp"

namespace segmentd::daemon {

// One number that is so much off, up or down; whole numbers at least by 1.
inline constexpr double borderline_change = 0.05;

// The share of these customers whose answer of the segment's `enter` is another one when a single number that it reads
// is off by borderline_change; 0 of nobody.
double borderline_share(const Engine& engine, std::size_t segment, const CustomerSet& customers);

}  // namespace segmentd::daemon
