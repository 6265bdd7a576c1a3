#include "rules/expression/nearest_name.hpp"

#include <algorithm>
#include <numeric>

namespace segmentd::rules::expression {
namespace {

constexpr std::size_t longest_name = 200;

std::size_t edit_distance(std::string_view from, std::string_view to);

}  // namespace

std::string nearest_name(std::string_view wanted, const std::vector<std::string>& known) {
    if (wanted.size() > longest_name) return {};
    std::size_t nearest = std::max<std::size_t>(2, wanted.size() / 3) + 1;
    std::string result;
    for (const std::string& name : known) {
        if (name.size() > longest_name) continue;
        const std::size_t distance = edit_distance(wanted, name);
        if (distance >= nearest) continue;
        nearest = distance;
        result = name;
    }
    return result;
}

namespace {

// Wagner and Fischer (1974), with one row of the table.
std::size_t edit_distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < from.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < to.size(); ++j) {
            const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row[to.size()];
}

}  // namespace

}  // namespace segmentd::rules::expression
