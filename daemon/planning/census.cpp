#include "daemon/planning/census.hpp"

#include <algorithm>
#include <bit>

namespace segmentd::daemon {
namespace {

constexpr std::size_t customers_ahead = 16;  // whose memberships are on their way while those of one are read

}  // namespace

void CustomerSet::add(const CustomerSet& others) {
    words_.resize(std::max(words_.size(), others.words_.size()));
    for (std::size_t i = 0; i < others.words_.size(); ++i) words_[i] |= others.words_[i];
}

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

std::vector<std::size_t> CustomerSet::list() const {
    std::vector<std::size_t> customers;
    customers.reserve(size());
    for_each([&](std::size_t customer) { customers.push_back(customer); });
    return customers;
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
        if (index + customers_ahead < population.size()) population.at(index + customers_ahead).memberships.fetch();
        const auto& memberships = population.at(index).memberships;
        for (auto one = memberships.begin(); one != memberships.end(); ++one) sets[one.segment()].add(index);
    }
    Census census{population.size(), {}};
    for (std::size_t i = 0; i < sets.size(); ++i) census.members.emplace(segments[i].id, std::move(sets[i]));
    return census;
}

}  // namespace segmentd::daemon
