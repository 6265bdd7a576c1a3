// Signals that the engine applies in a second, in memory: nothing is encrypted, stored or synced, nobody waits.
//
// Times are CPU times, which other programs on the machine hardly change.
//
// 20,000 customers buy ten times each, live, spread evenly over 90 days, so that windows lapse, recencies cross their
// days, customers enter and leave segments, are enrolled and counted. Then the same with two fitted models: their
// scores change with every purchase and each midnight.
#include <fmt/format.h>

#include <ctime>
#include <stdexcept>
#include <vector>

#include "base/random.hpp"
#include "daemon/engine/engine.hpp"
#include "tests/bench/bench_record.hpp"
#include "tests/bench/benchmark_run.hpp"
#include "tests/bench/shop_workspace.hpp"

namespace {

using segmentd::Duration;
using segmentd::Record;
using segmentd::Timestamp;
using segmentd::bench::record_at;
using segmentd::daemon::Engine;

constexpr std::size_t customers = 20'000;
constexpr std::size_t purchases_each = 10;
constexpr Duration period = segmentd::Days(90);
constexpr Timestamp beginning{std::chrono::sys_days(std::chrono::year(2024) / 3 / 1)};

struct Measured {
    std::size_t applied = 0;
    std::size_t changes = 0;  // of memberships
    double cpu_seconds = 0;
};

// An engine that is fed records one after the other.
class Shop {
  public:
    Shop() : engine_([](std::uint64_t, const segmentd::daemon::RecordVisitor&) { return segmentd::Result<void>(); }) {}

    void apply(Record record, Measured& measured);
    Measured apply_all(std::vector<Record> records);
    Engine& engine() { return engine_; }

  private:
    Engine engine_;
};

Record purchase_at(Timestamp at, std::size_t customer, segmentd::Random& random);
std::vector<Record> purchases(Timestamp from, Duration length, std::size_t each);
void open(Shop& shop);
void print(const char* what, const char* unit, const Measured& measured);
double cpu_seconds();
void measure();
void measure_without_model();
void measure_with_models();

}  // namespace

int main() {
    return segmentd::bench::run_benchmark(measure);
}

namespace {

void measure() {
    fmt::print("{:<44} {:>10} {:>12} {:>10} {:>10}\n", "engine, in memory, one thread, CPU time", "applied", "a second",
               "us each", "changes");
    measure_without_model();
    measure_with_models();
}

void measure_without_model() {
    Shop shop;
    open(shop);
    print("purchases of 90 days, no model", "signals", shop.apply_all(purchases(beginning, period, purchases_each)));
}

void measure_with_models() {
    Shop shop;
    open(shop);
    shop.apply_all({record_at(beginning, segmentd::bench::fitted_repeat_purchases()),
                    record_at(beginning, segmentd::bench::fitted_spend_per_order())});
    print("the same, two models, 90 midnights included", "signals",
          shop.apply_all(purchases(beginning, period, purchases_each)));

    const Timestamp midnight = beginning + period;
    shop.apply_all({record_at(midnight, segmentd::TickRecord{})});
    print("purchases within one day, two models", "signals",
          shop.apply_all(purchases(midnight, segmentd::Days(1) - std::chrono::seconds(1), 1)));
    auto midnight_passes = shop.apply_all({record_at(midnight + segmentd::Days(1), segmentd::TickRecord{})});
    midnight_passes.applied = customers;
    print("one midnight: every score made anew", "customers", midnight_passes);

    const double begin = cpu_seconds();
    static_cast<void>(shop.engine().state_hash());
    print("state hash over everything", "customers", {customers, 0, cpu_seconds() - begin});
}

void open(Shop& shop) {
    shop.apply_all({record_at(beginning, segmentd::WorkspaceRecord{"bench", segmentd::bench::shop_workspace()})});
}

// Sorted by time, since engine time never goes back.
std::vector<Record> purchases(Timestamp from, Duration length, std::size_t each) {
    segmentd::Random random(static_cast<std::uint64_t>(segmentd::day_number(from)), "bench purchases");
    const auto count = customers * each;
    std::vector<Record> made;
    made.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto at = from + length / static_cast<std::int64_t>(count) * static_cast<std::int64_t>(i);
        made.push_back(purchase_at(at, static_cast<std::size_t>(random.below(customers)), random));
    }
    return made;
}

Record purchase_at(Timestamp at, std::size_t customer, segmentd::Random& random) {
    auto record = record_at(
        at,
        segmentd::SignalRecord{segmentd::SignalId("purchase"),
                               {{"amount", segmentd::MinorUnits{500 + static_cast<std::int64_t>(random.below(9500))}},
                                {"items", static_cast<std::int64_t>(1 + random.below(5))}}});
    record.customer = segmentd::CustomerId(fmt::format("customer-{:06}", customer));
    record.message_id = fmt::format("{:016x}{:016x}", random.next(), random.next());
    record.consent = {{"offers", true}};
    return record;
}

Measured Shop::apply_all(std::vector<Record> records) {
    Measured measured;
    const double begin = cpu_seconds();
    measured.applied = records.size();
    for (auto& record : records) apply(std::move(record), measured);
    measured.cpu_seconds = cpu_seconds() - begin;
    return measured;
}

// As the host does it: every message id is looked up first, alarms are recorded right after what raised them.
void Shop::apply(Record record, Measured& measured) {
    if (engine_.is_duplicate(record.customer, record.message_id)) throw std::logic_error("a message id comes twice");
    record.sequence = engine_.records() + 1;
    auto effects = segmentd::bench::must(engine_.apply(record));
    measured.changes += effects.changes.size();
    for (auto& fact : effects.facts) apply(record_at(record.engine_time, std::move(fact.payload)), measured);
}

void print(const char* what, const char* unit, const Measured& measured) {
    const auto applied = static_cast<double>(measured.applied);
    fmt::print("{:<44} {:>10} {:>12.0f} {:>10.2f} {:>10}  {}\n", what, measured.applied, applied / measured.cpu_seconds,
               1e6 * measured.cpu_seconds / applied, measured.changes, unit);
}

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

}  // namespace
