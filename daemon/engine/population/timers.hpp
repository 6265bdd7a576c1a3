// The timers of a population: at most one a customer, kept in Customer::next_check.
#pragma once

#include <set>
#include <utility>

#include "daemon/engine/population/customer.hpp"

namespace segmentd::daemon {

class Timers {
  public:
    std::size_t size() const { return timers_.size(); }

    // The first instant at which one is due, or `never`; and the customer whose it is, of several the lowest place.
    Timestamp next_due() const { return timers_.empty() ? never : timers_.begin()->first; }
    std::size_t next_to_fire() const { return timers_.begin()->second; }

    // Sets the timer of the customer at this place of the population anew; `never` takes it away.
    void set(Customer& customer, std::size_t place, Timestamp next) {
        if (next == customer.next_check) return;
        if (customer.next_check != never) timers_.erase({customer.next_check, place});
        if (next != never) timers_.emplace(next, place);
        customer.next_check = next;
    }

  private:
    std::set<std::pair<Timestamp, std::size_t>> timers_;
};

}  // namespace segmentd::daemon
