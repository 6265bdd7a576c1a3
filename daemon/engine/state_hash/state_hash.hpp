// The state hash: SHA-256 over everything the fold has made of the journal.
//
// Customers fall into 65,536 buckets by a hash of their id. A bucket's hash covers its customers'
// canonical bytes in the order of their ids; only buckets with a changed customer are computed
// again. No position in memory enters, so two machines that folded the same journal agree.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/sha256.hpp"
#include "daemon/engine/population/population.hpp"

namespace segmentd::daemon {

class StateHash {
  public:
    StateHash();

    // The state of a customer of this bucket changed (or may have).
    void touch(std::uint16_t bucket) { changed_[bucket] = true; }

    // The hash over all customers and the given bytes of everything that is not one customer's. New
    // customers are taken up by themselves.
    Sha256 compute(const Population& population, const std::string& common);

  private:
    std::size_t taken_up_ = 0;                       // customers that stand in a bucket
    std::vector<std::vector<std::size_t>> members_;  // by bucket, sorted by id
    std::vector<bool> changed_;                      // by bucket
    std::map<std::uint16_t, Sha256> buckets_;
};

// Bytes that are equal for equal customers, on every machine. The customer is one of the population.
void append_canonical(const Customer& customer, const Population& population, std::string& bytes);

}  // namespace segmentd::daemon
