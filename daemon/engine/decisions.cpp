// Which segments of a customer are decided anew, and what follows from it.
#include <algorithm>
#include <utility>

#include "daemon/engine/engine.hpp"

namespace segmentd::daemon {

void Engine::reconsider(std::size_t index, const Cause& cause, Effects& effects) {
    population_.fill_row(population_.at(index), cause.at, row_);
    work_.inputs += row_.size() - population_.book().segments.size();
    decide(index, all_places_, cause, effects);
    schedule(index, cause.at);
}

// After a signal. What it did not touch is as it was decided last: a timer fires wherever time alone changes something.
void Engine::reconsider(std::size_t index, const Touched& touched, const Cause& cause, Effects& effects) {
    find_touched_places(touched);
    reconsider(index, places_, touched, cause, effects);
}

void Engine::reconsider(std::size_t index, SegmentPlaces places, const Touched& touched, const Cause& cause,
                        Effects& effects) {
    auto& customer = population_.at(index);
    const auto& book = population_.book();
    row_.resize(book.layout.size);
    filled_.resize(book.layout.size);
    ++decisions_;
    for (const auto place : places) {
        for (const auto slot : book.segments[book.segment_order[place]].inputs) {
            if (std::exchange(filled_[slot], decisions_) == decisions_) continue;
            population_.fill_slot(customer, cause.at, slot, row_);
            ++work_.inputs;
        }
    }
    decide(index, places, cause, effects);
    schedule(index, cause.at, touched);
}

void Engine::find_touched_places(const Touched& touched) {
    const auto& book = population_.book();
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

// Segments, pilots, touches: in this order, for one customer at one instant. The row holds what the segments read.
void Engine::decide(std::size_t index, SegmentPlaces places, const Cause& cause, Effects& effects) {
    auto& customer = population_.at(index);
    work_.segments += places.size();
    for (const auto segment : customer.undecided) --undecided_[segment];
    auto changes = decide_memberships(population_, customer, row_, cause, places);
    for (const auto segment : customer.undecided) ++undecided_[segment];
    pilots_.enrol_where_eligible(population_, customer, cause.at);
    pilots_.mature(population_.book(), customer, cause.at);
    for (auto& change : changes) {
        if (cause.quiet)
            may_have_ungreeted_ = true;
        else
            decide_events(index, change, effects);
        effects.changes.push_back(std::move(change));
    }
    hash_.touch(customer.bucket);
}

}  // namespace segmentd::daemon
