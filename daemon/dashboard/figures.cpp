#include "daemon/dashboard/figures.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace segmentd::daemon {

std::vector<std::int64_t> sizes_by_day(std::int64_t size_now, const std::vector<std::int64_t>& changes) {
    std::vector<std::int64_t> sizes(changes.size());
    auto size = size_now;
    for (auto day = changes.size(); day-- > 0;) {
        sizes[day] = std::max<std::int64_t>(size, 0);
        size -= changes[day];
    }
    return sizes;
}

std::string curve_points(const std::vector<std::int64_t>& values) {
    const auto highest = values.empty() ? 1 : std::max<std::int64_t>(1, *std::ranges::max_element(values));
    const auto steps = static_cast<double>(std::max<std::size_t>(values.size(), 2) - 1);
    std::string points;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double x = 100 * static_cast<double>(i) / steps;
        const double y = 23 - 22 * static_cast<double>(values[i]) / static_cast<double>(highest);
        points += fmt::format("{}{:.1f},{:.1f}", points.empty() ? "" : " ", x, y);
    }
    return points;
}

IntervalPlaces interval_places(double lower, double upper, double estimate) {
    const double left = std::min({lower, estimate, 0.0});
    const double right = std::max({upper, estimate, 0.0});
    const double width = right > left ? right - left : 1;
    const auto place = [&](double value) { return 2 + 96 * (value - left) / width; };
    return {place(lower), place(upper), place(estimate), place(0)};
}

}  // namespace segmentd::daemon
