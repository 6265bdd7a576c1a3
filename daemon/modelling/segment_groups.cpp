#include "daemon/modelling/segment_groups.hpp"

#include <limits>

#include "daemon/engine/memberships/memberships.hpp"
#include "daemon/modelling/segment_inputs.hpp"

namespace segmentd::daemon {
namespace {

struct Moments {
    double count = 0;
    double sum = 0;
    double squares = 0;

    void add(double value) {
        count += 1;
        sum += value;
        squares += value * value;
    }
    double mean() const { return sum / count; }
    double variance() const { return squares / count - mean() * mean(); }
};

// The values of some slots, gathered for everybody and for each segment's own customers.
class Profiles {
  public:
    Profiles(std::vector<std::size_t> slots, std::size_t segments)
        : slots_(std::move(slots)), all_(slots_.size()), of_segment_(segments, all_), sizes_(segments) {}

    void add(const Row& row, const std::vector<bool>& entered, std::size_t asked) {
        for (std::size_t i = 0; i < slots_.size(); ++i) {
            const auto value = as_number(row[slots_[i]]);
            if (!value) continue;
            all_[i].add(*value);
            for (std::size_t s = 0; s < entered.size(); ++s) {
                if (entered[s] && (s == asked || !entered[asked])) of_segment_[s][i].add(*value);
            }
        }
        for (std::size_t s = 0; s < entered.size(); ++s) {
            if (entered[s] && (s == asked || !entered[asked])) ++sizes_[s];
        }
    }

    std::int64_t size(std::size_t segment) const { return sizes_[segment]; }

    // Nothing where no input says anything about both.
    std::optional<double> distance(std::size_t one, std::size_t other) const {
        Moments found;
        for (std::size_t i = 0; i < slots_.size(); ++i) {
            const auto& left = of_segment_[one][i];
            const auto& right = of_segment_[other][i];
            if (!(left.count > 0 && right.count > 0 && all_[i].variance() > 0)) continue;
            const double apart = left.mean() - right.mean();
            found.add(apart * apart / all_[i].variance());
        }
        return found.count > 0 ? std::optional(found.mean()) : std::nullopt;
    }

  private:
    std::vector<std::size_t> slots_;
    std::vector<Moments> all_;
    std::vector<std::vector<Moments>> of_segment_;
    std::vector<std::int64_t> sizes_;
};

std::optional<std::size_t> nearest(const Profiles& profiles, std::size_t segments, std::size_t asked,
                                   std::int64_t fewest) {
    std::optional<std::size_t> found;
    double shortest = std::numeric_limits<double>::infinity();
    for (std::size_t other = 0; other < segments; ++other) {
        if (other == asked || profiles.size(other) < fewest) continue;
        const auto distance = profiles.distance(asked, other);
        if (!distance || !(*distance < shortest)) continue;
        shortest = *distance;
        found = other;
    }
    return found;
}

}  // namespace

SegmentGroups group_by_segments(Hindsight& hindsight, std::size_t segment, std::int64_t fewest) {
    auto& population = hindsight.population;
    const auto& book = population.book();
    const auto read = inputs_behind(book, segment).slots;
    std::vector<std::size_t> features;
    for (auto slot = book.layout.features; slot < book.layout.scores; ++slot) features.push_back(slot);
    Profiles by_inputs({read.begin(), read.end()}, book.segments.size());
    Profiles by_features(std::move(features), book.segments.size());
    SegmentGroups groups;
    Row row;
    for (std::size_t index = 0; index < population.size(); ++index) {
        population.fill_row(population.at(index), hindsight.at, row);
        groups.members.push_back(entered_segments(population, row));
        by_inputs.add(row, groups.members.back(), segment);
        by_features.add(row, groups.members.back(), segment);
    }
    groups.neighbour = nearest(by_inputs, book.segments.size(), segment, fewest);
    if (!groups.neighbour) groups.neighbour = nearest(by_features, book.segments.size(), segment, fewest);
    return groups;
}

}  // namespace segmentd::daemon
