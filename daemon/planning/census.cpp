#include "daemon/planning/census.hpp"

#include <algorithm>
#include <bit>

namespace segmentd::daemon {

std::size_t CustomerSet::size() const {
    std::size_t count = 0;
    for (const auto word : words_) count += static_cast<std::size_t>(std::popcount(word));
    return count;
}

std::size_t CustomerSet::shared_with(const CustomerSet& other) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < std::min(words_.size(), other.words_.size()); ++i) {
        count += static_cast<std::size_t>(std::popcount(words_[i] & other.words_[i]));
    }
    return count;
}

CustomerSet CustomerSet::without(const CustomerSet& other) const {
    CustomerSet rest = *this;
    for (std::size_t i = 0; i < std::min(words_.size(), other.words_.size()); ++i) rest.words_[i] &= ~other.words_[i];
    return rest;
}

Census take_census(const Population& population) {
    const auto& segments = population.book().definitions.segments;
    std::vector<CustomerSet> sets(segments.size(), CustomerSet(population.size()));
    for (std::size_t index = 0; index < population.size(); ++index) {
        for (const auto& membership : population.at(index).memberships) sets[membership.segment].add(index);
    }
    Census census{population.size(), {}};
    for (std::size_t i = 0; i < sets.size(); ++i) census.members.emplace(segments[i].id, std::move(sets[i]));
    return census;
}

}  // namespace segmentd::daemon
