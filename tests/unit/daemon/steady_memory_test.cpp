// Memory under steady load: engine and store on a clock of their own, every hour like the one before it.
//
// The warm-up lasts longer than every window and longer than message ids are remembered. After it a day is
// compared with the next at the same hour: within a day memory rises and falls with the list of the day's
// message ids. What SQLite keeps is counted apart, it fills its cache up to a limit of its own.
//
// Not part of the load, because it grows by design: new customers, one entry a customer and purchase day for
// models of repeat buying, distinct values without a window, reviews.
#include <malloc.h>
#include <sqlite3.h>

#include <cstdio>

#include "daemon/telemetry/process_figures.hpp"
#include "tests/unit/daemon/engine_fixture.hpp"
#include "tests/unit/daemon/store_fixture.hpp"

namespace segmentd::tests {
namespace {

constexpr std::string_view busy_rules = R"(
feature: orders_6h
signal: purchase
compute: count
window: 6h
---
feature: spend_2d
signal: purchase
compute: sum
value: event.amount
window: 2d
---
feature: days_since_order
signal: purchase
compute: recency
---
segment: regulars
steward: dana
enter: feature.orders_6h >= 1
---
segment: spenders
steward: dana
enter: feature.spend_2d > 100.0
---
segment: idle
steward: dana
enter: feature.days_since_order >= 1
---
governance: drift
drift:
  monitors: [{segment: regulars, reference_share: 50%}]
)";

constexpr int warm_up_days = 32;
constexpr std::size_t sqlite_cache_bytes = 80'000'000;  // 64 MB of pages and what belongs to them

struct Sample {
    std::size_t ours = 0;
    std::size_t sqlite = 0;
    double resident = 0;
};

Sample measure() {
    Sample sample;
    const auto heap = ::mallinfo2();
    sample.sqlite = static_cast<std::size_t>(::sqlite3_memory_used());
    sample.ours = heap.uordblks + heap.hblkhd - sample.sqlite;
    sample.resident = daemon::read_process_figures().resident_bytes;
    return sample;
}

// Lives through hours of the same load: every customer is met again and again, windows fill and lapse.
class SteadyShop {
  public:
    SteadyShop(int customers, int signals_an_hour)
        : customers_(customers), signals_an_hour_(signals_an_hour), store_(daemon::open_writer(folder_)) {
        std::vector<Record> first = {definitions(start_, shop(busy_rules))};
        take(first.front());
        REQUIRE(store_.commit(first, {}).has_value());
    }

    void live_an_hour() {
        std::vector<Record> records;
        for (int i = 0; i < signals_an_hour_; ++i) {
            const auto when =
                start_ + std::chrono::hours(hour_) + i * Duration(std::chrono::hours(1)) / signals_an_hour_;
            const int number = (i * 7 + hour_ % 24) % customers_;
            records.push_back(purchase("customer-" + std::to_string(number), when));
            records.back().message_id = "message-" + std::to_string(hour_) + '-' + std::to_string(i);
            take(records.back());
        }
        const std::vector<daemon::Reject> rejects = {{start_, "tracking", "unknown_event", "one an hour", "{}"}};
        REQUIRE(store_.commit(records, rejects).has_value());
        if (hour_ % 24 == 0) REQUIRE(store_.sign_head().has_value());
        ++hour_;
    }

    std::uint64_t records() const { return engine_.records(); }

  private:
    void take(Record& record) {
        record.sequence = engine_.records() + 1;
        const auto effects = engine_.apply(record);
        INFO((effects ? std::string() : to_text(effects.error())));
        REQUIRE(effects.has_value());
    }

    Timestamp start_ = at("2027-01-01");
    int customers_ = 0;
    int signals_an_hour_ = 0;
    int hour_ = 0;
    daemon::StoreFolder folder_;
    daemon::Store store_;
    daemon::Engine engine_{[](std::uint64_t, const daemon::RecordVisitor&) { return Result<void>(); }};
};

void check_a_day_is_like_the_next(int customers, int signals_an_hour) {
    SteadyShop shop(customers, signals_an_hour);
    for (int hour = 0; hour < warm_up_days * 24; ++hour) shop.live_an_hour();
    const Sample before = measure();
    std::printf("hour  ours MB  SQLite MB  resident MB  records\n");
    Sample now = before;
    for (int hour = 1; hour <= 24; ++hour) {
        shop.live_an_hour();
        now = measure();
        std::printf("%4d %8.2f %10.2f %12.1f %8llu\n", hour, static_cast<double>(now.ours) / 1e6,
                    static_cast<double>(now.sqlite) / 1e6, now.resident / 1e6,
                    static_cast<unsigned long long>(shop.records()));
        CHECK(now.sqlite < sqlite_cache_bytes);
    }

    const auto growth = static_cast<double>(now.ours) - static_cast<double>(before.ours);
    std::printf("a day of %d signals an hour leaves %.0f bytes, %.2f a signal\n", signals_an_hour, growth,
                growth / (24.0 * signals_an_hour));
    CHECK(growth < 0.005 * static_cast<double>(before.ours));
    CHECK(growth < 8.0 * 24 * signals_an_hour);
}

}  // namespace

TEST_CASE("a day of steady load leaves the memory as it was (5 % of the load)") {
    check_a_day_is_like_the_next(100, 100);
}

TEST_CASE("a day of steady load leaves the memory as it was", "[slow]") {
    check_a_day_is_like_the_next(2'000, 2'000);
}

}  // namespace segmentd::tests
