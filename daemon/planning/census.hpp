// Who is in which segment at one moment, a bit a customer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "daemon/engine/population/population.hpp"

namespace segmentd::daemon {

// A set of customers by their place in the population, which never changes while an engine lives.
class CustomerSet {
  public:
    explicit CustomerSet(std::size_t customers = 0) : words_((customers + 63) / 64) {}

    void add(std::size_t customer) { words_[customer / 64] |= std::uint64_t{1} << (customer % 64); }
    bool has(std::size_t customer) const {
        return customer / 64 < words_.size() && (words_[customer / 64] >> (customer % 64) & 1) != 0;
    }
    void add(const CustomerSet& others);  // of the same population
    std::size_t size() const;
    std::size_t shared_with(const CustomerSet& other) const;

    // Those that are here and not in the other.
    CustomerSet without(const CustomerSet& other) const;

    // Calls visit(customer) for each of them, in order.
    template <typename Visit>
    void for_each(const Visit& visit) const {
        for (std::size_t word = 0; word < words_.size(); ++word) {
            for (std::uint64_t rest = words_[word]; rest != 0; rest &= rest - 1) {
                visit(word * 64 + static_cast<std::size_t>(__builtin_ctzll(rest)));
            }
        }
    }

    std::vector<std::size_t> list() const;  // in order

  private:
    std::vector<std::uint64_t> words_;
};

struct Census {
    std::size_t customers = 0;
    std::map<SegmentId, CustomerSet> members;
};

Census take_census(const Population& population);

}  // namespace segmentd::daemon
