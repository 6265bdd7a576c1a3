// The state hash: SHA-256 over everything the fold has made of the journal.
//
// Customers fall into 65,536 buckets by a hash of their id. A bucket's hash covers its customers'
// canonical bytes in the order of their ids; only buckets with a changed customer are computed
// again. No position in memory enters, so two machines that folded the same journal agree.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/sha256.hpp"
#include "daemon/engine/population/population.hpp"

namespace segmentd::daemon {

class StateHash {
  public:
    // The customer's state changed (or may have).
    void touch(const CustomerId& customer);

    // The hash over all customers and the given bytes of everything that is not one customer's.
    Sha256 compute(const Population& population, const std::string& common);

  private:
    static std::uint16_t bucket_of(const CustomerId& customer);

    std::map<std::uint16_t, std::set<CustomerId>> members_;
    std::set<std::uint16_t> changed_;
    std::map<std::uint16_t, Sha256> buckets_;
};

// Bytes that are equal for equal customers, on every machine.
void append_canonical(const Customer& customer, const rules::Rulebook& book, std::string& bytes);

}  // namespace segmentd::daemon
