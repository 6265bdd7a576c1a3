// Finds which segments of one customer have to be decided anew, and decides those: after a signal the ones that stand
// on what it touched. What a signal did not touch is as it was decided last, for a timer fires wherever time alone
// changes something.
#pragma once

#include <cstdint>
#include <vector>

#include "daemon/engine/memberships/memberships.hpp"

namespace segmentd::daemon {

// For one population, with the room that its decisions need. One thread at a time.
class Decider {
  public:
    // What decisions looked at so far: inputs of customers' rows and segments.
    struct Work {
        std::uint64_t inputs = 0;
        std::uint64_t segments = 0;
    };

    // To be called whenever the population took new definitions.
    void use(const Population& population);

    // Decides every segment of a customer; row() is whole then.
    std::vector<MembershipChange> decide_all(Population& population, std::size_t customer, const Cause& cause);

    // Decides the segments that stand on what was touched.
    std::vector<MembershipChange> decide_touched(Population& population, std::size_t customer, const Touched& touched,
                                                 const Cause& cause);

    // Decides the segments at these places.
    std::vector<MembershipChange> decide(Population& population, std::size_t customer, SegmentPlaces places,
                                         const Cause& cause);

    // What the last decision read; the other slots hold anything.
    Row& row() { return row_; }

    // How many customers each segment with missing: error could not decide about, as in the definitions; 0 for others.
    const std::vector<std::int64_t>& undecided() const { return undecided_; }

    const Work& work() const { return work_; }

  private:
    void find_touched_places(const rules::Rulebook& book, const Touched& touched);
    std::vector<MembershipChange> decide_by_row(const Population& population, Customer& customer, SegmentPlaces places,
                                                const Cause& cause);

    Row row_;
    std::vector<std::uint64_t> filled_;  // by slot of row_: for which decision
    std::uint64_t decisions_ = 0;
    std::vector<std::uint32_t> places_;      // of the segments that are decided
    std::vector<std::uint32_t> all_places_;  // of every segment
    std::vector<std::int64_t> undecided_;
    Work work_;
};

}  // namespace segmentd::daemon
