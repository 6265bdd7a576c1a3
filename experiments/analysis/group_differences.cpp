#include "experiments/analysis/group_differences.hpp"

#include <algorithm>
#include <numeric>

namespace segmentd::experiments {
namespace {

std::optional<GroupDifference> compare(const GroupPair& pair, double alpha);

}  // namespace

std::vector<GroupDifference> compare_groups(std::span<const GroupPair> pairs, double alpha) {
    std::vector<GroupDifference> differences;
    std::vector<std::size_t> tested;
    std::vector<double> p_values;
    for (const auto& pair : pairs) {
        const auto compared = compare(pair, alpha);
        if (compared) {
            tested.push_back(differences.size());
            p_values.push_back(compared->p);
        }
        differences.push_back(compared.value_or(GroupDifference{pair.group.mean - pair.other.mean, {}}));
    }
    const auto adjusted = holm_adjusted(p_values);
    for (std::size_t i = 0; i < tested.size(); ++i) {
        auto& found = differences[tested[i]];
        found.p_adjusted = adjusted[i];
        found.verdict = adjusted[i] <= alpha ? Verdict::different : Verdict::no_measurable_difference;
    }
    return differences;
}

// The smallest p is multiplied by their number, the next by one less, and none comes below one before it.
std::vector<double> holm_adjusted(std::span<const double> p_values) {
    std::vector<std::size_t> order(p_values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(p_values[i], i); });
    std::vector<double> adjusted(p_values.size());
    double largest = 0;
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        const auto remaining = static_cast<double>(order.size() - rank);
        largest = std::max(largest, std::min(1.0, remaining * p_values[order[rank]]));
        adjusted[order[rank]] = largest;
    }
    return adjusted;
}

namespace {

std::optional<GroupDifference> compare(const GroupPair& pair, double alpha) {
    if (pair.group.units < fewest_units || pair.other.units < fewest_units) return std::nullopt;
    GroupDifference found;
    found.difference = pair.group.mean - pair.other.mean;
    if (const auto welch = compare_means(pair.other, pair.group, alpha)) {
        found.interval = welch->interval;
        found.p = welch->p;
        return found;
    }
    if (!(found.difference < 0 || found.difference > 0)) return std::nullopt;
    found.interval = {found.difference, found.difference};
    found.p = 0;
    return found;
}

}  // namespace
}  // namespace segmentd::experiments
