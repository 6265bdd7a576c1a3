// The timers of a population: at most one a customer, kept in Customer::next_check.
#pragma once

#include "daemon/engine/population/customer.hpp"
#include "daemon/engine/population/timer_queue.hpp"

namespace segmentd::daemon {

class Timers {
  public:
    std::size_t size() const { return queue_.size(); }

    // The first instant at which one is due, or `never`; and the customer whose it is, of several the lowest place.
    Timestamp next_due() const { return queue_.first_due(); }
    std::size_t next_to_fire() const { return queue_.first(); }

    // Sets the customer's timer anew; `never` takes it away.
    void set(Customer& customer, Timestamp next) {
        if (next == customer.next_check) return;
        queue_.set(customer.place, next);
        customer.next_check = next;
    }

  private:
    TimerQueue queue_;
};

}  // namespace segmentd::daemon
