// The geometry of the small drawings, as texts for SVG attributes. Each stands in a box of 100 by 24 (curves) or 100 by
// 10 (intervals), y downwards.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace segmentd::daemon {

// Sizes at the end of each of `days` days, the last one today: today's size and the changes of later days taken back.
// changes[i] is what day i of them added (may be negative); never below 0.
std::vector<std::int64_t> sizes_by_day(std::int64_t size_now, const std::vector<std::int64_t>& changes);

// Points of a polyline from the first to the last value; the box spans 0 to the largest.
std::string curve_points(const std::vector<std::int64_t>& values);

// Where an interval, its estimate and zero stand between 2 and 98; all three are in the box.
struct IntervalPlaces {
    double lower = 0;
    double upper = 0;
    double estimate = 0;
    double zero = 0;
};
IntervalPlaces interval_places(double lower, double upper, double estimate);

}  // namespace segmentd::daemon
