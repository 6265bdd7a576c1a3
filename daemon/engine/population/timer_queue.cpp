#include "daemon/engine/population/timer_queue.hpp"

#include <algorithm>
#include <limits>

namespace segmentd::daemon {
namespace {

constexpr std::size_t children = 4;
constexpr auto nowhere = std::numeric_limits<std::uint32_t>::max();

}  // namespace

void TimerQueue::set(std::uint32_t customer, Timestamp due) {
    if (customer >= places_.size()) places_.resize(customer + std::size_t{1}, nowhere);
    std::size_t place = places_[customer];
    Timer timer{due, customer};
    if (due == never) {
        if (place == nowhere) return;
        places_[customer] = nowhere;
        timer = heap_.back();
        heap_.pop_back();
        if (place == heap_.size()) return;
    } else if (place == nowhere) {
        place = heap_.size();
        heap_.push_back(timer);
    }
    if (place > 0 && timer < heap_[(place - 1) / children]) return rise(place, timer);
    sink(place, timer);
}

void TimerQueue::put(std::size_t place, const Timer& timer) {
    heap_[place] = timer;
    places_[timer.customer] = static_cast<std::uint32_t>(place);
}

void TimerQueue::rise(std::size_t place, const Timer& timer) {
    while (place > 0 && timer < heap_[(place - 1) / children]) {
        const auto parent = (place - 1) / children;
        put(place, heap_[parent]);
        place = parent;
    }
    put(place, timer);
}

void TimerQueue::sink(std::size_t place, const Timer& timer) {
    while (place * children + 1 < heap_.size()) {
        const auto first = heap_.begin() + static_cast<std::ptrdiff_t>(place * children + 1);
        const auto least = std::min_element(first, first + std::min<std::ptrdiff_t>(children, heap_.end() - first));
        if (timer < *least) break;
        const auto child = static_cast<std::size_t>(least - heap_.begin());
        put(place, *least);
        place = child;
    }
    put(place, timer);
}

}  // namespace segmentd::daemon
