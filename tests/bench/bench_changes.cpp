// What a change costs where there are many customers: of one customer by a signal, of one segment by new definitions.
//
// A signal is to cost what it touches, however many customers and segments there are beside it: the same purchases are
// applied to 10,000 customers with 10 segments and to 1,000,000 with 1,000, where the same five segments read what a
// purchase changes. The counts of inputs and segments looked at must be equal.
//
// Then one segment of the shop is changed at 1,000,000 customers: the plan (who would enter and leave, what they are
// worth, what is borderline), and the explanation of one customer. The limit printed beside it is a loop over the
// same customers that reads one feature of each.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <ctime>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/planning/plan.hpp"
#include "daemon/reports/explain_segment.hpp"
#include "tests/bench/bench_record.hpp"
#include "tests/bench/benchmark_run.hpp"
#include "tests/bench/shop_workspace.hpp"

namespace {

using segmentd::Record;
using segmentd::Timestamp;
using segmentd::bench::must;
using segmentd::bench::record_at;
using segmentd::daemon::Engine;
using Clock = std::chrono::steady_clock;
using Files = std::map<std::string, std::string>;

constexpr Timestamp beginning{std::chrono::sys_days(std::chrono::year(2024) / 3 / 1)};
constexpr std::size_t measured_signals = 200'000;
constexpr std::size_t records_at_once = 256;  // as the host takes them
constexpr std::size_t features_beside = 20;
constexpr std::size_t segments_touched = 5;

struct Cost {
    double wall_us = 0;
    double cpu_us = 0;
    segmentd::daemon::Decider::Work work;
};

void measure(std::size_t customers);
Cost cost_of_a_signal(std::size_t customers, std::size_t segments);
void measure_plan(std::size_t customers);
Files wide_workspace(std::size_t segments);
void apply(Engine& engine, Record record);
Record purchase(Timestamp at, std::size_t customer, std::int64_t cents);
double milliseconds_since(Clock::time_point begin);

}  // namespace

int main(int count, char** texts) {
    CLI::App app("bench_changes: a signal and a changed segment among many customers");
    std::size_t customers = 1'000'000;
    app.add_option("--customers", customers, "of the large stores")->check(CLI::Range(10'000, 10'000'000));
    app.allow_extras();  // those of bench_expression
    CLI11_PARSE(app, count, texts);
    return segmentd::bench::run_benchmark([customers] { measure(customers); });
}

namespace {

void measure(std::size_t customers) {
    const auto small = cost_of_a_signal(10'000, 10);
    const auto large = cost_of_a_signal(customers, 1'000);
    fmt::print("{:<38} {:>9} {:>9} {:>14} {:>16}\n", "one signal, engine alone", "wall us", "CPU us", "inputs read",
               "segments decided");
    const auto line = [](const std::string& what, const Cost& cost) {
        fmt::print("{:<38} {:>9.2f} {:>9.2f} {:>14} {:>16}\n", what, cost.wall_us, cost.cpu_us, cost.work.inputs,
                   cost.work.segments);
    };
    line("10,000 customers x 10 segments", small);
    line(fmt::format("{} customers x 1,000 segments", customers), large);
    const bool is_equal = small.work.inputs == large.work.inputs && small.work.segments == large.work.segments;
    fmt::print("counts equal: {}; wall {:.2f}x (at most 1.5x), {:.2f} us of engine time (at most 5)\n\n",
               is_equal ? "yes" : "NO", large.wall_us / small.wall_us, large.cpu_us);
    if (!is_equal) throw std::runtime_error("a signal looks at more where there is more beside it");
    measure_plan(customers);
}

Cost cost_of_a_signal(std::size_t customers, std::size_t segments) {
    Engine engine([](std::uint64_t, const segmentd::daemon::RecordVisitor&) { return segmentd::Result<void>(); });
    apply(engine, record_at(beginning, segmentd::WorkspaceRecord{"bench", wide_workspace(segments)}));
    for (std::size_t i = 0; i < customers; ++i) apply(engine, purchase(beginning, i, 1000));

    segmentd::Random random(1, "signals");
    std::vector<Record> records;
    for (std::size_t i = 0; i < measured_signals; ++i) {
        const auto at = beginning + std::chrono::milliseconds(i);
        records.push_back(purchase(at, random.below(customers), static_cast<std::int64_t>(random.below(9000))));
        records.back().sequence = engine.records() + 1 + i;
    }
    const auto before = engine.work();
    const auto wall = Clock::now();
    const auto cpu = std::clock();
    for (std::size_t first = 0; first < records.size(); first += records_at_once) {
        const std::span few(&records[first], std::min(records_at_once, records.size() - first));
        std::vector<std::string_view> expected;
        for (const auto& record : few) expected.push_back(record.customer.text);
        engine.expect(expected);
        for (const auto& record : few) must(engine.apply(record));
    }
    const auto each = 1.0 / static_cast<double>(measured_signals);
    const auto after = engine.work();
    return {1e3 * milliseconds_since(wall) * each,
            1e6 * static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC * each,
            {after.inputs - before.inputs, after.segments - before.segments}};
}

// Five segments read what a purchase changes; the others read features of visits.
Files wide_workspace(std::size_t segments) {
    std::string rules =
        "signal: purchase\ntitle: An order\nproperties:\n  amount: {type: money}\n---\nsignal: visit\ntitle: A visit\n"
        "---\nfeature: orders_30d\nsignal: purchase\ncompute: count\nwindow: 30d\n---\nfeature: spend\n"
        "signal: purchase\ncompute: sum\nvalue: event.amount\n";
    for (std::size_t i = 0; i < features_beside; ++i) {
        rules += fmt::format("---\nfeature: visits_{0:02}\nsignal: visit\ncompute: count\nwindow: {1}d\n", i, i + 2);
    }
    for (std::size_t i = 0; i < segments; ++i) {
        const auto condition =
            i < segments_touched
                ? fmt::format("feature.orders_30d >= {} && feature.spend > {}.0", i + 2, 20 * i)
                : fmt::format("feature.visits_{:02} >= {}", i % features_beside, 2 + i / features_beside);
        rules += fmt::format("---\nsegment: s{:04}\nsteward: dana\nenter: {}\n", i, condition);
    }
    return {{"workspace.yaml",
             "workspace: wide\ncompany: A shop with many segments\ncurrency: EUR\n"
             "people: [{id: dana, name: Dana, roles: [steward]}]\n"},
            {"rules.yaml", rules}};
}

void measure_plan(std::size_t customers) {
    Engine engine([](std::uint64_t, const segmentd::daemon::RecordVisitor&) { return segmentd::Result<void>(); });
    const auto files = segmentd::bench::shop_workspace();
    apply(engine, record_at(beginning, segmentd::WorkspaceRecord{"bench", files}));
    segmentd::Random random(2, "history");
    for (std::size_t i = 0; i < 3 * customers; ++i) {
        apply(engine, purchase(beginning + std::chrono::milliseconds(i), random.below(customers),
                               static_cast<std::int64_t>(random.below(9000))));
    }
    auto changed = files;
    auto& text = changed.at("segments/lifecycle.yaml");
    const std::string literal = "feature.orders_90d >= 3";
    text.replace(text.find(literal), literal.size(), "feature.orders_90d >= 4");

    const auto explained = Clock::now();
    const auto explanation = segmentd::daemon::explain_segment_report(engine, segmentd::CustomerId("customer-0000007"),
                                                                      segmentd::SegmentId("regular"));
    const auto explain_ms = milliseconds_since(explained);
    if (!explanation) throw std::runtime_error(to_text(explanation.error()));

    const auto limit_begin = Clock::now();
    const auto& plan_of_feature = engine.population().book().features.front().plan;
    std::size_t buyers = 0;
    for (std::size_t i = 0; i < engine.population().size(); ++i) {
        const auto value = engine.population().at(i).features[0].value(plan_of_feature, engine.engine_time());
        buyers += value.is_missing() ? 0 : 1;
    }
    const auto limit_ms = milliseconds_since(limit_begin);

    const auto begin = Clock::now();
    const auto start = segmentd::daemon::begin_plan(engine, files);
    auto record = record_at(engine.engine_time(), segmentd::WorkspaceRecord{"changed", changed});
    record.sequence = engine.records() + 1;
    const auto effects = must(engine.apply(record));
    const auto applied_ms = milliseconds_since(begin);
    const auto plan = segmentd::daemon::make_plan(start, {engine, changed, effects});
    const auto plan_ms = milliseconds_since(begin);
    fmt::print("one segment changed, {} customers, {} of them move\n", engine.population().size(),
               effects.changes.size());
    fmt::print("{:<38} {:>9.0f} ms (at most 1000), of them until applied {:.0f}\n", "plan", plan_ms, applied_ms);
    fmt::print("{:<38} {:>9.0f} ms\n", "reading one feature of each, alone", limit_ms);
    fmt::print("{:<38} {:>9.2f} ms (at most 5)\n", "explain one customer", explain_ms);
    if (buyers == 0 || plan.empty()) throw std::runtime_error("nothing was measured");
}

void apply(Engine& engine, Record record) {
    record.sequence = engine.records() + 1;
    const auto effects = must(engine.apply(record));
    for (const auto& fact : effects.facts) apply(engine, record_at(record.engine_time, fact.payload));
}

Record purchase(Timestamp at, std::size_t customer, std::int64_t cents) {
    auto record = record_at(
        at, segmentd::SignalRecord{segmentd::SignalId("purchase"), {{"amount", segmentd::MinorUnits{cents}}}});
    record.customer = segmentd::CustomerId(fmt::format("customer-{:07}", customer));
    return record;
}

double milliseconds_since(Clock::time_point begin) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

}  // namespace
