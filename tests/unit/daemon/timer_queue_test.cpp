#include "daemon/engine/population/timer_queue.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <utility>

#include "base/random.hpp"

namespace segmentd::tests {
namespace {

using daemon::TimerQueue;

constexpr Timestamp noon{std::chrono::sys_days(std::chrono::year(2027) / 1 / 2) + std::chrono::hours(12)};

}  // namespace

TEST_CASE("timers of one instant come in the order of the customers") {
    TimerQueue timers;
    for (const std::uint32_t customer : {7U, 2U, 9U}) timers.set(customer, noon);
    timers.set(5, noon + Duration(1));

    CHECK(timers.first() == 2);
    timers.set(2, never);
    CHECK(timers.first() == 7);
    timers.set(7, noon + Duration(2));
    CHECK(timers.first() == 9);
    timers.set(9, never);
    CHECK(timers.first() == 5);
    CHECK(timers.size() == 2);
}

TEST_CASE("a queue of timers is as a sorted set of them") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Random random(seed, "timers");
        TimerQueue timers;
        std::vector<Timestamp> due(1 + random.below(60), never);
        std::set<std::pair<Timestamp, std::uint32_t>> sorted;
        for (int i = 0; i < 3'000; ++i) {
            const auto customer = static_cast<std::uint32_t>(random.below(due.size()));
            const bool goes = random.below(4) == 0;
            const auto next = goes ? never : noon + Duration(static_cast<std::int64_t>(random.below(40)));
            sorted.erase({due[customer], customer});
            if (!goes) sorted.emplace(next, customer);
            due[customer] = next;
            timers.set(customer, next);

            INFO("seed " << seed);
            REQUIRE(timers.size() == sorted.size());
            REQUIRE(timers.first_due() == (sorted.empty() ? never : sorted.begin()->first));
            if (!sorted.empty()) REQUIRE(timers.first() == sorted.begin()->second);
        }
    }
}

}  // namespace segmentd::tests
