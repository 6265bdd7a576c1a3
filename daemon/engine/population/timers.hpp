// The timers of a population: at most one a customer, kept in Customer::next_check.
#pragma once

#include "daemon/engine/population/customer.hpp"
#include "daemon/engine/population/timer_queue.hpp"

namespace segmentd::daemon {

class Timers {
  public:
    std::size_t size() const { return timers_.size(); }

    // The first instant at which one is due, or `never`; and the customer whose it is, of several the lowest place.
    Timestamp next_due() const { return timers_.first_due(); }
    std::size_t next_to_fire() const { return timers_.first(); }

    // Sets the timer of the customer at this place of the population anew; `never` takes it away.
    void set(Customer& customer, std::size_t place, Timestamp next) {
        if (next == customer.next_check) return;
        timers_.set(static_cast<std::uint32_t>(place), next);
        customer.next_check = next;
    }

  private:
    TimerQueue timers_;
};

}  // namespace segmentd::daemon
