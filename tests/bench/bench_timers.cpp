// What it costs to let windows lapse at their exact instants where millions of others wait.
//
// Every customer bought once, so that each has one timer: the instant at which the purchase leaves the window of thirty
// days and the customer the segment. Time then passes over the first of them. That a timer is due must cost the same
// however many wait behind it, and every membership must end exactly at its instant. The limit beside it takes as many
// instants from a plain binary heap of all of them.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "daemon/engine/engine.hpp"
#include "tests/bench/bench_record.hpp"
#include "tests/bench/benchmark_run.hpp"

namespace {

using segmentd::Days;
using segmentd::Timestamp;
using segmentd::bench::must;
using segmentd::bench::record_at;
using segmentd::daemon::Engine;
using Clock = std::chrono::steady_clock;

constexpr Timestamp beginning{std::chrono::sys_days(std::chrono::year(2027) / 3 / 1)};
constexpr std::size_t fired = 50'000;
constexpr std::size_t stride = 7'368'787;  // a prime: neighbours among the customers lapse far from each other

void measure(std::size_t customers);
double fire_in_engine(std::size_t customers);
double take_from_heap(std::size_t customers);
double microseconds_each(Clock::time_point begin);

}  // namespace

int main(int count, char** texts) {
    CLI::App app("bench_timers: windows that lapse among millions that do not");
    std::size_t customers = 10'000'000;
    app.add_option("--customers", customers, "with a timer each")->check(CLI::Range(100'000, 20'000'000));
    app.allow_extras();  // those of bench_expression
    CLI11_PARSE(app, count, texts);
    return segmentd::bench::run_benchmark([customers] { measure(customers); });
}

namespace {

void measure(std::size_t customers) {
    fmt::print("{} windows lapse, microseconds of each\n", fired);
    fmt::print("{:>12} {:>10} {:>22}\n", "timers", "engine", "heap of instants alone");
    for (const auto waiting : {2 * fired, customers}) {
        const auto engine = fire_in_engine(waiting);
        fmt::print("{:>12} {:>10.2f} {:>22.2f}\n", waiting, engine, take_from_heap(waiting));
    }
}

double fire_in_engine(std::size_t customers) {
    Engine engine([](std::uint64_t, const segmentd::daemon::RecordVisitor&) { return segmentd::Result<void>(); });
    auto first = record_at(
        beginning,
        segmentd::WorkspaceRecord{
            "bench",
            {{"workspace.yaml",
              "workspace: timers\ncompany: A shop\npeople: [{id: dana, name: Dana, roles: [steward]}]\n"
              "---\nsignal: purchase\ntitle: An order\n---\nfeature: orders_30d\nsignal: purchase\ncompute: count\n"
              "window: 30d\n---\nsegment: buyers\nsteward: dana\nenter: feature.orders_30d >= 1\n"}}});
    first.sequence = 1;
    must(engine.apply(first));
    for (std::size_t i = 0; i < customers; ++i) {
        auto record = record_at(beginning + std::chrono::microseconds(customers),
                                segmentd::SignalRecord{segmentd::SignalId("purchase"), {}});
        record.occurred_at = beginning + std::chrono::microseconds(i * stride % customers);
        record.sequence = i + 2;
        record.customer = segmentd::CustomerId(fmt::format("customer-{}", i));
        must(engine.apply(record));
    }
    if (engine.timers() != customers) throw std::runtime_error("not every customer has a timer");

    const auto begin = Clock::now();
    const auto effects = engine.pass_time(beginning + Days(30) + std::chrono::microseconds(fired - 1), false);
    const auto each = microseconds_each(begin);
    if (effects.changes.size() != fired) throw std::runtime_error("other memberships ended than windows lapsed");
    for (std::size_t i = 0; i < fired; ++i) {
        const auto& change = effects.changes[i];
        if (change.entered || change.at != beginning + Days(30) + std::chrono::microseconds(i)) {
            throw std::runtime_error("a membership did not end at its instant");
        }
    }
    return each;
}

double take_from_heap(std::size_t customers) {
    std::vector<Timestamp> instants;
    for (std::size_t i = 0; i < customers; ++i) instants.push_back(beginning + std::chrono::microseconds(i));
    segmentd::Random random(1, "instants");
    for (std::size_t i = customers - 1; i > 0; --i) std::swap(instants[i], instants[random.below(i + 1)]);
    std::ranges::make_heap(instants, std::ranges::greater());
    const auto begin = Clock::now();
    for (std::size_t i = 0; i < fired; ++i) {
        std::ranges::pop_heap(instants, std::ranges::greater());
        instants.pop_back();
    }
    if (instants.front() != beginning + std::chrono::microseconds(fired)) throw std::runtime_error("not a heap");
    return microseconds_each(begin);
}

double microseconds_each(Clock::time_point begin) {
    return std::chrono::duration<double, std::micro>(Clock::now() - begin).count() / static_cast<double>(fired);
}

}  // namespace
