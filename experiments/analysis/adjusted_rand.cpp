#include "experiments/analysis/adjusted_rand.hpp"

#include <map>

namespace segmentd::experiments {
namespace {

double pairs_among(std::int64_t units) {
    const auto number = static_cast<double>(units);
    return number * (number - 1.0) / 2.0;
}

double pairs_within(const std::map<std::size_t, std::int64_t>& classes) {
    double pairs = 0.0;
    for (const auto& [name, units] : classes) pairs += pairs_among(units);
    return pairs;
}

}  // namespace

std::optional<double> adjusted_rand(std::span<const SharedCount> counts) {
    std::map<std::size_t, std::int64_t> first;
    std::map<std::size_t, std::int64_t> second;
    std::int64_t units = 0;
    double together_in_both = 0.0;
    for (const auto& count : counts) {
        first[count.first] += count.units;
        second[count.second] += count.units;
        units += count.units;
        together_in_both += pairs_among(count.units);
    }
    if (units < 2) return std::nullopt;
    const double together_in_first = pairs_within(first);
    const double together_in_second = pairs_within(second);
    const double expected = together_in_first * together_in_second / pairs_among(units);
    const double most = (together_in_first + together_in_second) / 2.0;
    if (!(most > expected)) return 1.0;
    return (together_in_both - expected) / (most - expected);
}

}  // namespace segmentd::experiments
