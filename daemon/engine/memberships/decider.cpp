#include "daemon/engine/memberships/decider.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace segmentd::daemon {

void Decider::use(const Population& population) {
    const auto& book = population.book();
    row_.assign(book.layout.size, {});
    filled_.assign(book.layout.size, 0);
    all_places_.resize(book.segments.size());
    std::iota(all_places_.begin(), all_places_.end(), 0U);
    undecided_.assign(book.segments.size(), 0);
    for (std::size_t i = 0; i < population.size(); ++i) {
        for (const auto segment : population.at(i).rest->undecided) ++undecided_[segment];
    }
}

std::vector<MembershipChange> Decider::decide_all(Population& population, std::size_t index, const Cause& cause) {
    auto& customer = population.at(index);
    population.fill_row(customer, cause.at, row_);
    work_.inputs += row_.size() - population.book().segments.size();
    return decide_by_row(population, customer, all_places_, cause);
}

std::vector<MembershipChange> Decider::decide_touched(Population& population, std::size_t index, const Touched& touched,
                                                      const Cause& cause) {
    find_touched_places(population.book(), touched);
    return decide(population, index, places_, cause);
}

std::vector<MembershipChange> Decider::decide(Population& population, std::size_t index, SegmentPlaces places,
                                              const Cause& cause) {
    auto& customer = population.at(index);
    const auto& book = population.book();
    ++decisions_;
    for (const auto place : places) {
        for (const auto slot : book.segments[book.segment_order[place]].inputs) {
            if (std::exchange(filled_[slot], decisions_) == decisions_) continue;
            population.fill_slot(customer, cause.at, slot, row_);
            ++work_.inputs;
        }
    }
    return decide_by_row(population, customer, places, cause);
}

void Decider::find_touched_places(const rules::Rulebook& book, const Touched& touched) {
    places_.clear();
    const auto add = [&](const std::vector<std::uint32_t>& readers) {
        places_.insert(places_.end(), readers.begin(), readers.end());
    };
    for (const auto feature : touched.features) add(book.segments_by_feature[feature]);
    for (const auto history : touched.histories) add(book.segments_by_history[history]);
    std::ranges::sort(places_);
    const auto [first, last] = std::ranges::unique(places_);
    places_.erase(first, last);
}

std::vector<MembershipChange> Decider::decide_by_row(const Population& population, Customer& customer,
                                                     SegmentPlaces places, const Cause& cause) {
    work_.segments += places.size();
    for (const auto segment : customer.rest->undecided) --undecided_[segment];
    auto changes = decide_memberships(population, customer, row_, cause, places);
    for (const auto segment : customer.rest->undecided) ++undecided_[segment];
    return changes;
}

}  // namespace segmentd::daemon
